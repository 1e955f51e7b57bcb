package dev.caravan.saga.camel;

import dev.caravan.saga.camel.OthersRoutes.Shape;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Predicate;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.builder.AggregationStrategies;
import org.apache.camel.model.ClaimCheckOperation;
import org.apache.camel.model.SagaCompletionMode;
import org.apache.camel.model.SagaPropagation;
import org.apache.camel.spi.Policy;
import org.apache.camel.support.processor.idempotent.MemoryIdempotentRepository;

/** Applications as others write them, with options of Camel's EIPs that few of them set. */
final class OthersOptionShapes {

    private final Map<String, Shape> shapes = new LinkedHashMap<>();

    private OthersOptionShapes() {}

    static Map<String, Shape> all() {
        OthersOptionShapes all = new OthersOptionShapes();
        all.handlers();
        all.redeliveries();
        all.branches();
        all.ways();
        all.ends();
        all.interceptors();
        all.messages();
        all.reuse();
        all.reuseInBranches();
        all.words();
        return all.shapes;
    }

    private void add(String name, Shape shape) {
        if (shapes.put(name, shape) != null) {
            throw new IllegalArgumentException(name);
        }
    }

    private static void plain(OthersRoutes r, String... names) {
        for (String name : names) {
            r.plain(name);
        }
    }

    private void handlers() {
        for (boolean original : List.of(false, true)) {
            add("a dead letter channel of the saga's route" + (original ? ", with the message as it came" : ""), r -> {
                r.from("direct:start")
                        .errorHandler(
                                original
                                        ? r.deadLetterChannel("direct:dead").useOriginalMessage()
                                        : r.deadLetterChannel("direct:dead"))
                        .saga()
                        .propagation(SagaPropagation.REQUIRES_NEW)
                        .to("direct:order")
                        .setBody(r.constant("changed"))
                        .to("direct:credit")
                        .process(r.notes("end"));
                plain(r, "order");
                r.step("credit").process(r.fails("credit"));
                r.from("direct:dead").process(r.notes("dead"));
            });
        }
        add("onException with the body as it came, handled by a step", r -> {
            r.from("direct:start")
                    .onException(IllegalStateException.class)
                    .useOriginalBody()
                    .handled(true)
                    .to("direct:note")
                    .end()
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .to("direct:order")
                    .setBody(r.constant("changed"))
                    .to("direct:credit");
            plain(r, "order");
            r.from("direct:note").process(r.notes("note"));
            r.step("credit").process(r.fails("credit"));
        });
        add("onException of two kinds, of which one is continued", r -> {
            r.from("direct:start")
                    .onException(IllegalArgumentException.class)
                    .handled(true)
                    .process(r.notes("other"))
                    .end()
                    .onException(IllegalStateException.class)
                    .continued(true)
                    .end()
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .to("direct:order")
                    .process(r.fails("between"))
                    .to("direct:credit");
            plain(r, "order", "credit");
        });
        add("doFinally changes the message behind a step", r -> {
            r.saga()
                    .doTry()
                    .to("direct:order")
                    .doFinally()
                    .setHeader("id", r.constant(8))
                    .end()
                    .to("direct:credit")
                    .process(r.notes("end"));
            plain(r, "order", "credit");
        });
        add("doTry around a multicast whose second branch fails", r -> {
            r.saga()
                    .to("direct:order")
                    .doTry()
                    .multicast()
                    .stopOnException()
                    .to("direct:hotel", "direct:flight")
                    .end()
                    .endDoTry()
                    .doCatch(Exception.class)
                    .throwException(new IllegalArgumentException("neither"))
                    .end();
            plain(r, "order", "hotel");
            r.step("flight").process(r.fails("flight"));
        });
    }

    private void redeliveries() {
        add("onException with redelivery in the step's route, used up", r -> {
            r.saga().to("direct:order").to("direct:credit");
            plain(r, "order");
            r.from("direct:undo-credit").process(r.undoes("credit"));
            r.from("direct:credit")
                    .onException(IllegalStateException.class)
                    .maximumRedeliveries(2)
                    .redeliveryDelay(10)
                    .onRedelivery(exchange -> exchange.getIn()
                            .setHeader("tried", exchange.getIn().getHeader(Exchange.REDELIVERY_COUNTER)))
                    .end()
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:undo-credit")
                    .option("id", r.header("id"))
                    .process(r.fails("credit"));
        });
        add("retried while a header says so, in a step", r -> {
            Predicate again = exchange -> exchange.getIn().getHeader(Exchange.REDELIVERY_COUNTER, 0, Integer.class) < 2;
            int[] tries = new int[1];
            r.onException(IllegalStateException.class).retryWhile(again).redeliveryDelay(0);
            r.saga().to("direct:order").to("direct:credit").process(r.notes("end"));
            plain(r, "order");
            r.step("credit")
                    .process(exchange -> {
                        if (tries[0]++ < 1) {
                            throw new IllegalStateException("not yet");
                        }
                    })
                    .process(r.does("credit"));
        });
    }

    private void branches() {
        add("multicast in parallel that stops at the first failure", r -> {
            r.saga()
                    .to("direct:order")
                    .multicast()
                    .parallelProcessing()
                    .stopOnException()
                    .to("direct:hotel", "direct:flight")
                    .end();
            plain(r, "order", "hotel");
            r.step("flight").process(r.fails("flight"));
        });
        add("a split of lines that are parsed as they come, in parallel", r -> {
            r.saga()
                    .setBody(r.constant("a\nb\nc"))
                    .split(r.body().tokenize("\n"))
                    .streaming()
                    .parallelProcessing()
                    .setHeader("id", r.body())
                    .to("direct:hotel")
                    .end()
                    .process(r.notes("end"));
            plain(r, "hotel");
        });
        add("a recipient list that skips addresses which are none", r -> {
            r.saga()
                    .setHeader("to", r.constant("direct:hotel,nowhere:x,direct:flight"))
                    .recipientList(r.header("to"))
                    .ignoreInvalidEndpoints()
                    .end()
                    .process(r.notes("end"));
            plain(r, "hotel", "flight");
        });
        add("a recipient list in parallel with a time-out, which answers", r -> {
            r.saga()
                    .setHeader("to", r.constant(List.of("direct:hotel", "direct:flight")))
                    .recipientList(r.header("to"))
                    .parallelProcessing()
                    .timeout(30_000)
                    .aggregationStrategy(AggregationStrategies.groupedBody())
                    .end()
                    .process(r.notes("end"));
            plain(r, "hotel", "flight");
        });
        add("an aggregation by the bean's method within a step", r -> {
            r.saga().to("direct:order").to("direct:credit");
            r.step("order")
                    .setBody(r.constant(List.of(1, 2, 3)))
                    .split(r.body(), AggregationStrategies.groupedBody())
                    .transform(r.simple("${body}0"))
                    .end()
                    .process(r.does("order"));
            plain(r, "credit");
        });
        add("an enrichment by a step that fails, which its strategy takes", r -> {
            r.saga()
                    .to("direct:order")
                    .enrich()
                    .constant("direct:price")
                    .aggregationStrategy((original, price) -> {
                        original.getIn().setHeader("price", price == null || price.isFailed() ? "none" : "some");
                        return original;
                    })
                    .aggregateOnException(true)
                    .end()
                    .process(r.notes("end"));
            plain(r, "order");
            r.from("direct:price").process(r.fails("price"));
        });
        add("wire tap of a message of its own", r -> {
            r.saga()
                    .wireTap("direct:audit")
                    .copy(false)
                    .onPrepare(exchange -> exchange.getIn().setHeader("audit", true))
                    .end()
                    .to("direct:order");
            plain(r, "order");
            r.from("direct:audit")
                    .saga()
                    .propagation(SagaPropagation.NOT_SUPPORTED)
                    .process(r.notes("audit"));
        });
    }

    private void ways() {
        add("a slip that skips addresses which are none", r -> {
            r.saga()
                    .routingSlip(r.constant("direct:hotel#nowhere:x#direct:flight"), "#")
                    .ignoreInvalidEndpoints()
                    .end()
                    .process(r.notes("end"));
            plain(r, "hotel", "flight");
        });
        add("a slip whose second step fails", r -> {
            r.saga().routingSlip(r.constant("direct:hotel,direct:flight,direct:car"));
            plain(r, "hotel", "car");
            r.failing("flight");
        });
        add("a loop over a copy, with a choice on its index", r -> {
            r.saga()
                    .loop(3)
                    .copy()
                    .choice()
                    .when(r.exchangeProperty(Exchange.LOOP_INDEX).isEqualTo(1))
                    .to("direct:flight")
                    .otherwise()
                    .to("direct:hotel")
                    .end()
                    .end()
                    .process(r.notes("end"));
            r.plain("hotel").setBody(r.simple("${body}h"));
            r.plain("flight").setBody(r.simple("${body}f"));
        });
        add("throttle in a step, and a delay by an expression", r -> {
            r.saga().to("direct:hotel").to("direct:hotel").process(r.notes("end"));
            r.step("hotel")
                    .throttle(1)
                    .timePeriodMillis(1000)
                    .delay(r.simple("${header.id}"))
                    .process(r.does("hotel"));
        });
        add("a throttle that refuses, and the saga is undone", r -> {
            r.saga().to("direct:order").loop(2).to("direct:limited").end().process(r.notes("end"));
            plain(r, "order");
            r.step("limited")
                    .throttle(1)
                    .timePeriodMillis(3_600_000)
                    .rejectExecution(true)
                    .process(r.does("limited"));
        });
        add("an idempotent consumer in a step, whose work fails at first", r -> {
            int[] tries = new int[1];
            r.saga().to("direct:order").to("direct:hotel").process(r.notes("end"));
            plain(r, "order");
            r.from("direct:undo-hotel").process(r.undoes("hotel"));
            r.from("direct:hotel")
                    .errorHandler(r.defaultErrorHandler().maximumRedeliveries(1).redeliveryDelay(0))
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:undo-hotel")
                    .option("id", r.header("id"))
                    .idempotentConsumer(r.header("id"), MemoryIdempotentRepository.memoryIdempotentRepository())
                    .process(exchange -> {
                        if (tries[0]++ < 1) {
                            throw new IllegalStateException("not yet");
                        }
                    })
                    .process(r.does("hotel"));
        });
        add("circuit breaker around a call within a step, and a fallback that fails", r -> {
            r.saga().to("direct:order").to("direct:credit");
            plain(r, "order");
            r.step("credit")
                    .circuitBreaker()
                    .process(r.fails("call"))
                    .onFallback()
                    .process(r.fails("fallback"))
                    .end()
                    .process(r.does("credit"));
        });
        add("poll in a step, with nothing there", r -> {
            r.saga().to("direct:order").to("direct:credit").process(r.notes("end"));
            plain(r, "order");
            r.step("credit").poll("seda:nothing", 100).process(r.does("credit"));
        });
        add("pollEnrich in the saga's route, with nothing there", r -> {
            r.saga()
                    .to("direct:order")
                    .pollEnrich("seda:nothing", 100, (original, polled) -> {
                        original.getIn().setHeader("polled", polled != null);
                        return original;
                    })
                    .to("direct:credit")
                    .process(r.notes("end"));
            plain(r, "order", "credit");
        });
    }

    private void ends() {
        for (String end : List.of("complete", "compensate")) {
            add("MANUAL with a time-out, " + end + " later", r -> {
                r.from("direct:start")
                        .saga()
                        .completionMode(SagaCompletionMode.MANUAL)
                        .timeout(Duration.ofHours(10))
                        .to("direct:order")
                        .to("direct:credit")
                        .to("direct:end");
                plain(r, "order", "credit");
                r.from("direct:end")
                        .saga()
                        .propagation(SagaPropagation.MANDATORY)
                        .to("saga:" + end);
            });
        }
        add("MANUAL with a time-out, and nobody ends it", r -> {
            r.from("direct:start")
                    .saga()
                    .completionMode(SagaCompletionMode.MANUAL)
                    .timeout(Duration.ofSeconds(30))
                    .to("direct:order")
                    .to("direct:credit");
            plain(r, "order", "credit");
        });
        add("MANUAL whose route fails", r -> {
            r.from("direct:start")
                    .saga()
                    .completionMode(SagaCompletionMode.MANUAL)
                    .timeout(Duration.ofSeconds(30))
                    .to("direct:order")
                    .process(r.fails("end"));
            plain(r, "order");
        });
        add("MANUAL, completed by a choice in a step", r -> {
            r.from("direct:start")
                    .saga()
                    .completionMode(SagaCompletionMode.MANUAL)
                    .to("direct:order")
                    .to("direct:decide");
            plain(r, "order");
            r.from("direct:decide")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .choice()
                    .when(r.header("id").isGreaterThan(5))
                    .to("saga:complete")
                    .otherwise()
                    .to("saga:compensate")
                    .end();
        });
    }

    private void interceptors() {
        add("intercept with a condition, which stops a route", r -> {
            r.intercept().onWhen(r.header("halt").isNotNull()).stop();
            r.saga()
                    .to("direct:order")
                    .setHeader("halt", r.constant(true))
                    .to("direct:credit")
                    .process(r.notes("end"));
            plain(r, "order", "credit");
        });
        add("interceptSendToEndpoint with a condition, and afterwards", r -> {
            r.interceptSendToEndpoint("direct:hotel")
                    .onWhen(r.header("id").isEqualTo(7))
                    .setHeader("seen", r.constant(1))
                    .afterUri("direct:after");
            r.saga().to("direct:hotel").to("direct:flight").process(r.notes("end"));
            plain(r, "hotel", "flight");
            r.from("direct:after").setHeader("after", r.constant(true));
        });
        add("onCompletion of a step's route", r -> {
            r.saga().to("direct:order").to("direct:credit").process(r.notes("end"));
            plain(r, "order");
            r.from("direct:undo-credit").process(r.undoes("credit"));
            r.from("direct:credit")
                    .onCompletion()
                    .onWhen(r.header("id").isEqualTo(7))
                    .setHeader("completed", r.constant(true))
                    .end()
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:undo-credit")
                    .option("id", r.header("id"))
                    .process(r.does("credit"));
        });
    }

    private void messages() {
        add("claim check by keys", r -> {
            r.saga()
                    .claimCheck(ClaimCheckOperation.Set, "trip")
                    .setBody(r.constant("small"))
                    .to("direct:hotel")
                    .claimCheck(ClaimCheckOperation.Get, "trip")
                    .to("direct:flight")
                    .setBody(r.constant("smaller"))
                    .claimCheck(ClaimCheckOperation.GetAndRemove, "trip", "header:id")
                    .process(r.notes("end"));
            plain(r, "hotel");
            r.plain("flight").setHeader("id", r.constant(9));
        });
        add("all properties and variables gone in a step", r -> {
            r.saga()
                    .setProperty("kind", r.constant("goods"))
                    .setVariable("amount", r.constant(3))
                    .to("direct:order")
                    .to("direct:credit")
                    .process(r.notes("end"));
            r.plain("order").removeProperties("ki*").removeVariable("amount");
            plain(r, "credit");
        });
        add("headers and variables converted in a step", r -> {
            r.saga()
                    .setVariable("amount", r.constant("12"))
                    .to("direct:order")
                    .to("direct:credit")
                    .process(r.notes("end"));
            r.plain("order")
                    .convertHeaderTo("id", String.class)
                    .convertVariableTo("amount", Long.class)
                    .setHeaders("a", r.constant(1), "b", r.simple("${variable.amount}"));
            plain(r, "credit");
        });
        add("a sorted list, validated, sampled by a script", r -> {
            r.saga()
                    .setBody(exchange -> Arrays.asList("b", "a"))
                    .sort(r.body())
                    .validate(exchange -> exchange.getIn().getBody(List.class).size() == 2)
                    .to("direct:order")
                    .script(r.simple("${body}"))
                    .to("direct:credit")
                    .process(r.notes("end"));
            r.plain("order")
                    .sort(
                            r.body(),
                            Comparator.<Object, String>comparing(Object::toString)
                                    .reversed());
            plain(r, "credit");
        });
        add("answers kept in variables", r -> {
            r.saga()
                    .toV("direct:order", null, "order")
                    .toV("direct:credit", "order", "credit")
                    .process(r.notes("end"));
            r.plain("order").setBody(r.constant("o1"));
            r.plain("credit").setBody(r.simple("${body} paid"));
        });
    }

    /** Snippets of routes, as a catalogue of kamelets has them. */
    private void reuse() {
        add("kamelets with steps", r -> {
            r.routeTemplate("book")
                    .templateParameter("what")
                    .from("kamelet:source")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:cancel-{{what}}")
                    .option("id", r.header("id"))
                    .process("{{what}}");
            for (String what : List.of("hotel", "flight")) {
                r.bind(what, r.does(what));
                r.from("direct:cancel-" + what).process(r.undoes(what));
            }
            r.saga()
                    .to("kamelet:book?what=hotel")
                    .kamelet("book?what=flight")
                    .end()
                    .to("direct:pay")
                    .process(r.fails("end"));
            plain(r, "pay");
        });
        add("kamelets around what steps do", r -> {
            r.routeTemplate("greet")
                    .templateParameter("name")
                    .from("kamelet:source")
                    .setHeader("greeting", r.constant("hello {{name}}"))
                    .to("kamelet:sink");
            r.saga().to("direct:order").to("direct:credit").process(r.notes("end"));
            r.step("order").kamelet("greet?name=ann").process(r.does("order")).end();
            r.step("credit").to("kamelet:pay");
            r.bind("paying", r.does("credit"));
            r.routeTemplate("pay").from("kamelet:source").process("paying");
        });
    }

    private void reuseInBranches() {
        for (boolean named : List.of(false, true)) {
            add("kamelets with branches" + (named ? ", whose nodes have ids" : ""), r -> {
                var multicast = r.routeTemplate("trip")
                        .templateParameter("what")
                        .from("kamelet:source")
                        .multicast()
                        .parallelProcessing();
                if (named) {
                    multicast.id("both");
                }
                multicast.to("direct:{{what}}", "direct:insurance").end().to("direct:{{what}}");
                r.saga()
                        .multicast()
                        .to("kamelet:trip?what=hotel", "kamelet:trip/far?what=flight")
                        .end()
                        .to("kamelet:trip?what=hotel")
                        .process(r.notes("end"));
                plain(r, "hotel", "flight", "insurance");
            });
        }
        add("a kamelet in each turn of a loop", r -> {
            r.routeTemplate("buy")
                    .templateParameter("what")
                    .from("kamelet:source")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:give-back")
                    .option("id", r.header("id"))
                    .setHeader("nights", r.simple("${header.nights} {{what}}"))
                    .process("buying");
            r.bind("buying", r.does("order"));
            r.from("direct:give-back").process(r.undoes("order"));
            r.saga()
                    .loop(2)
                    .to("kamelet:buy?what=bed")
                    .to("kamelet:buy?what=meal")
                    .end()
                    .process(r.notes("end"));
        });
    }

    /** What is said in text, and by properties. */
    private void words() {
        add("a saga all in text", r -> {
            r.from("direct:start")
                    .saga()
                    .propagation(SagaPropagation.valueOf("REQUIRES_NEW"))
                    .completionMode("MANUAL")
                    .timeout("40s")
                    .to("direct:order");
            plain(r, "order");
            r.from("direct:later").to("saga:complete");
        });
        add("a time-out in text that runs out", r -> {
            r.from("direct:start").saga().timeout("5s").completionMode("MANUAL").to("direct:order");
            plain(r, "order");
        });
        add("MANUAL, compensated by another route", r -> {
            r.from("direct:start")
                    .saga()
                    .completionMode(SagaCompletionMode.MANUAL)
                    .to("direct:order")
                    .to("direct:decide");
            plain(r, "order");
            r.from("direct:decide")
                    .choice()
                    .when(r.header("id").isEqualTo(7))
                    .to("saga:compensate")
                    .otherwise()
                    .to("saga:complete")
                    .end();
        });
        add("a policy for each step", r -> {
            for (String what : List.of("orders", "accounts")) {
                r.getContext().getRegistry().bind(what, new Around(what));
            }
            r.saga()
                    .policy("orders")
                    .to("direct:order")
                    .end()
                    .to("direct:credit")
                    .process(r.notes("end"));
            plain(r, "order");
            r.step("credit").policy("accounts").process(r.does("credit")).end();
        });
        add("resequenced before the saga", r -> {
            r.from("direct:start")
                    .resequence(r.header("id"))
                    .batch()
                    .timeout(100)
                    .to("direct:saga");
            r.from("direct:saga")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .to("direct:order")
                    .to("direct:credit");
            plain(r, "order", "credit");
        });
        add("balanced by weight", r -> {
            r.saga()
                    .loadBalance()
                    .weighted(true, "2,1")
                    .to("direct:order", "direct:credit")
                    .end()
                    .process(r.notes("end"));
            plain(r, "order", "credit");
        });
        add("failover by a step's beans", r -> {
            r.saga().to("direct:order").process(r.notes("end"));
            r.step("order")
                    .loadBalance()
                    .failover(1, false, false)
                    .to("direct:first", "direct:second")
                    .end();
            r.from("direct:first").errorHandler(r.noErrorHandler()).process(r.fails("first"));
            r.from("direct:second").process(r.does("order"));
        });
    }

    /** Says what it is around. */
    private record Around(String what) implements Policy {

        @Override
        public void beforeWrap(Route route, NamedNode definition) {}

        @Override
        public Processor wrap(Route route, Processor processor) {
            return exchange -> {
                exchange.getMessage().setHeader("policy", what);
                processor.process(exchange);
                exchange.getMessage().setHeader("policy", "behind " + what);
            };
        }
    }
}
