package dev.caravan.saga.camel;

import dev.caravan.saga.camel.OthersRoutes.Shape;
import java.io.ByteArrayInputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.builder.AggregationStrategies;
import org.apache.camel.model.SagaCompletionMode;
import org.apache.camel.model.SagaPropagation;
import org.apache.camel.support.processor.idempotent.MemoryIdempotentRepository;

/** Applications as others write them, of the kinds that are less common. */
final class OthersRareShapes {

    private final Map<String, Shape> shapes = new LinkedHashMap<>();

    private OthersRareShapes() {}

    static Map<String, Shape> all() {
        OthersRareShapes all = new OthersRareShapes();
        all.propagations();
        all.ends();
        all.failures();
        all.branches();
        all.ways();
        all.messages();
        all.callbacks();
        all.files();
        return all.shapes;
    }

    private void add(String name, Shape shape) {
        if (shapes.put(name, shape) != null) {
            throw new IllegalArgumentException(name);
        }
    }

    private void propagations() {
        for (SagaPropagation propagation :
                List.of(SagaPropagation.REQUIRED, SagaPropagation.SUPPORTS, SagaPropagation.REQUIRES_NEW)) {
            for (boolean fails : List.of(false, true)) {
                add("step " + propagation + (fails ? ", and the next fails" : ""), r -> {
                    r.saga().to("direct:order").to("direct:credit");
                    r.step("order", propagation).process(r.does("order"));
                    if (fails) {
                        r.failing("credit");
                    } else {
                        r.plain("credit");
                    }
                });
                add("step " + propagation + " fails" + (fails ? " and is caught" : ""), r -> {
                    if (fails) {
                        r.saga()
                                .doTry()
                                .to("direct:order")
                                .doCatch(Exception.class)
                                .process(r.notes("caught"))
                                .end()
                                .to("direct:credit");
                    } else {
                        r.saga().to("direct:order").to("direct:credit");
                    }
                    r.step("order", propagation).process(r.does("order")).process(r.fails("order"));
                    r.plain("credit");
                });
            }
        }
        add("NOT_SUPPORTED audit, then a failure", r -> {
            r.saga().to("direct:order").to("direct:audit").to("direct:credit");
            r.plain("order");
            r.from("direct:audit")
                    .saga()
                    .propagation(SagaPropagation.NOT_SUPPORTED)
                    .process(r.notes("audit"))
                    .setHeader("audited", r.constant(true));
            r.failing("credit");
        });
        add("NEVER in a saga", r -> {
            r.saga().to("direct:order").to("direct:never");
            r.plain("order");
            r.from("direct:never").saga().propagation(SagaPropagation.NEVER).process(r.does("never"));
        });
        add("MANDATORY, SUPPORTS and NEVER outside of a saga", r -> {
            r.from("direct:start")
                    .to("direct:supports")
                    .to("direct:never")
                    .to("direct:mandatory")
                    .process(r.notes("end"));
            r.step("supports", SagaPropagation.SUPPORTS).process(r.notes("supports"));
            r.from("direct:never").saga().propagation(SagaPropagation.NEVER).process(r.notes("never"));
            r.step("mandatory").process(r.notes("mandatory"));
        });
        add("REQUIRED in REQUIRED in REQUIRED", r -> {
            r.from("direct:start")
                    .saga()
                    .compensation("direct:undo-start")
                    .option("id", r.header("id"))
                    .to("direct:a");
            r.from("direct:undo-start").process(r.undoes("start"));
            r.step("a", SagaPropagation.REQUIRED).process(r.does("a")).to("direct:b");
            r.step("b", SagaPropagation.REQUIRED).process(r.does("b")).to("direct:c");
            r.step("c", SagaPropagation.REQUIRED).process(r.does("c")).process(r.fails("c"));
        });
        add("the initiator is a step, too", r -> {
            r.from("direct:start")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .compensation("direct:undo-all")
                    .completion("direct:confirm-all")
                    .option("id", r.header("id"))
                    .option("text", r.simple("trip of ${header.id}"))
                    .to("direct:order")
                    .process(r.notes("all"));
            r.from("direct:undo-all").process(r.undoes("all"));
            r.from("direct:confirm-all").process(r.confirms("all"));
            r.plain("order");
        });
        add("a saga for each item", r -> {
            r.from("direct:start")
                    .setBody(r.constant(List.of("a", "b", "c")))
                    .split(r.body(), AggregationStrategies.groupedBody())
                    .to("direct:one")
                    .end()
                    .process(r.notes("end"));
            r.from("direct:one")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .to("direct:order")
                    .filter(r.body().isEqualTo("b"))
                    .process(r.fails("b"));
            r.plain("order");
        });
        add("a saga within a bean's call", r -> {
            r.saga().to("direct:order").process(exchange -> exchange.getIn()
                    .setHeader(
                            "answer",
                            r.getContext()
                                    .createProducerTemplate()
                                    .requestBodyAndHeader("direct:other", "x", "id", 8, String.class)));
            r.plain("order");
            r.from("direct:other")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .to("direct:credit")
                    .setBody(r.constant("bought"));
            r.plain("credit");
        });
    }

    private void ends() {
        add("MANUAL, compensate in onException", r -> {
            r.from("direct:start")
                    .onException(IllegalStateException.class)
                    .handled(true)
                    .to("saga:compensate")
                    .setBody(r.constant("sorry"))
                    .end()
                    .saga()
                    .completionMode(SagaCompletionMode.MANUAL)
                    .to("direct:order")
                    .to("direct:credit")
                    .to("saga:complete");
            r.plain("order");
            r.from("direct:undo-credit").process(r.undoes("credit"));
            r.from("direct:credit")
                    .errorHandler(r.noErrorHandler())
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:undo-credit")
                    .option("id", r.header("id"))
                    .process(r.does("credit"))
                    .process(r.fails("credit"));
        });
        for (String end : List.of("complete", "compensate")) {
            add("MANUAL, a step later, then " + end, r -> {
                r.from("direct:start")
                        .saga()
                        .completionMode(SagaCompletionMode.MANUAL)
                        .to("direct:order");
                r.plain("order");
                r.from("direct:later")
                        .saga()
                        .completionMode(SagaCompletionMode.MANUAL)
                        .compensation("direct:undo-late")
                        .option("id", r.header("id"))
                        .process(r.does("late"))
                        .to("saga:" + end);
                r.from("direct:undo-late").process(r.undoes("late"));
            });
        }
        add("AUTO, compensate on the way", r -> {
            r.saga().to("direct:order").to("saga:compensate").process(r.notes("end"));
            r.plain("order");
        });
        add("AUTO, complete on the way", r -> {
            r.saga().to("direct:order").to("saga:complete").process(r.notes("end"));
            r.plain("order");
        });
        add("a time-out of the saga", r -> {
            r.from("direct:start")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .timeout(Duration.ofSeconds(5))
                    .to("direct:order")
                    .delay(60_000)
                    .to("direct:credit");
            r.plain("order");
            r.plain("credit");
        });
        add("a time-out of a step", r -> {
            r.from("direct:start")
                    .saga()
                    .completionMode(SagaCompletionMode.MANUAL)
                    .to("direct:order");
            r.step("order").timeout(Duration.ofSeconds(5)).process(r.does("order"));
        });
        add("a time-out that is not needed", r -> {
            r.from("direct:start")
                    .saga()
                    .timeout(Duration.ofSeconds(50))
                    .to("direct:order")
                    .delay(2_000)
                    .to("direct:credit");
            r.plain("order");
            r.plain("credit");
        });
        add("stop", r -> {
            r.saga().to("direct:order").stop();
            r.plain("order");
        });
        add("stop in a step", r -> {
            r.saga().to("direct:order").process(r.notes("end"));
            r.plain("order").stop();
        });
        add("stop in a choice", r -> {
            r.saga()
                    .to("direct:order")
                    .choice()
                    .when(r.header("id").isEqualTo(7))
                    .stop()
                    .end()
                    .to("direct:credit");
            r.plain("order");
            r.plain("credit");
        });
        add("rollback", r -> {
            r.saga().to("direct:order").rollback("no");
            r.plain("order");
        });
        add("markRollbackOnly", r -> {
            r.saga().to("direct:order").markRollbackOnly();
            r.plain("order");
        });
    }

    private void failures() {
        add("doTry, doCatch, doFinally", r -> {
            r.saga()
                    .to("direct:order")
                    .doTry()
                    .to("direct:credit")
                    .doCatch(IllegalStateException.class)
                    .setHeader("why", r.simple("${exception.message}"))
                    .to("direct:cash")
                    .doFinally()
                    .to("direct:receipt")
                    .end()
                    .process(r.notes("end"));
            r.plain("order");
            r.step("credit").process(r.fails("credit"));
            r.plain("cash");
            r.plain("receipt");
        });
        add("doTry in a step", r -> {
            r.saga().to("direct:order").process(r.notes("end"));
            r.step("order")
                    .doTry()
                    .process(r.fails("first"))
                    .doCatch(Exception.class)
                    .process(r.does("order"))
                    .setBody(r.simple("${exception.message}"))
                    .end();
        });
        add("doCatch throws again", r -> {
            r.saga()
                    .to("direct:order")
                    .doTry()
                    .process(r.fails("x"))
                    .doCatch(Exception.class)
                    .throwException(new IllegalArgumentException("again"))
                    .end();
            r.plain("order");
        });
        add("onException handled in the step's route", r -> {
            r.saga().to("direct:order").process(r.notes("end"));
            r.from("direct:undo-order").process(r.undoes("order"));
            r.from("direct:order")
                    .onException(Exception.class)
                    .handled(true)
                    .setBody(r.constant("handled"))
                    .end()
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:undo-order")
                    .process(r.fails("order"));
        });
        add("onException continued in the step's route", r -> {
            r.saga().to("direct:order").process(r.notes("end"));
            r.from("direct:undo-order").process(r.undoes("order"));
            r.from("direct:order")
                    .onException(Exception.class)
                    .continued(true)
                    .end()
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:undo-order")
                    .process(r.fails("order"))
                    .process(r.does("order"));
        });
        add("onException continued in the saga's route", r -> {
            r.from("direct:start")
                    .onException(Exception.class)
                    .continued(true)
                    .setHeader("went-wrong", r.simple("${exception.message}"))
                    .end()
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .to("direct:order")
                    .to("direct:credit")
                    .process(r.notes("end"));
            r.step("order").process(r.fails("order"));
            r.plain("credit");
        });
        add("onException handled false", r -> {
            r.onException(Exception.class).handled(false).process(r.notes("handled"));
            r.saga().to("direct:order").to("direct:credit");
            r.plain("order");
            r.failing("credit");
        });
        add("a dead letter channel of the context", r -> {
            r.errorHandler(r.deadLetterChannel("direct:dead"));
            r.saga().to("direct:order").to("direct:credit");
            r.plain("order");
            r.step("credit").process(r.fails("credit"));
            r.from("direct:dead").process(r.notes("dead"));
        });
        add("redelivery", r -> {
            int[] tries = new int[1];
            r.errorHandler(r.defaultErrorHandler().maximumRedeliveries(3).redeliveryDelay(0));
            r.saga().to("direct:order").to("direct:credit").process(r.notes("end"));
            r.plain("order");
            r.step("credit")
                    .process(exchange -> {
                        if (tries[0]++ < 2) {
                            throw new IllegalStateException("not yet");
                        }
                    })
                    .process(r.does("credit"));
        });
        add("redelivery of a step from the saga's route", r -> {
            int[] tries = new int[1];
            r.from("direct:start")
                    .errorHandler(r.defaultErrorHandler().maximumRedeliveries(3).redeliveryDelay(0))
                    .saga()
                    .to("direct:order")
                    .to("direct:credit")
                    .process(r.notes("end"));
            r.plain("order");
            r.from("direct:undo-credit").process(r.undoes("credit"));
            r.from("direct:credit")
                    .errorHandler(r.noErrorHandler())
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:undo-credit")
                    .process(exchange -> {
                        if (tries[0]++ < 2) {
                            throw new IllegalStateException("not yet");
                        }
                    })
                    .process(r.does("credit"));
        });
        add("noErrorHandler", r -> {
            r.errorHandler(r.noErrorHandler());
            r.saga().to("direct:order").to("direct:credit");
            r.plain("order");
            r.failing("credit");
        });
        add("a saga in the error handler", r -> {
            r.from("direct:start")
                    .onException(Exception.class)
                    .handled(true)
                    .to("direct:repair")
                    .end()
                    .to("direct:first");
            r.from("direct:first")
                    .errorHandler(r.noErrorHandler())
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .to("direct:order")
                    .process(r.fails("x"));
            r.from("direct:repair")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .to("direct:credit");
            r.plain("order");
            r.plain("credit");
        });
        add("validate", r -> {
            r.saga().to("direct:order").validate(r.header("id").isEqualTo(8)).to("direct:credit");
            r.plain("order");
            r.plain("credit");
        });
        add("circuit breaker with fallback", r -> {
            r.saga()
                    .to("direct:order")
                    .circuitBreaker()
                    .to("direct:credit")
                    .onFallback()
                    .to("direct:cash")
                    .end()
                    .process(r.notes("end"));
            r.plain("order");
            r.step("credit").process(r.fails("credit"));
            r.plain("cash");
        });
        add("a choice on what a breaker came to", r -> {
            r.saga()
                    .circuitBreaker()
                    .to("direct:credit")
                    .onFallback()
                    .to("direct:cash")
                    .end()
                    .choice()
                    .when(r.exchangeProperty("CamelCircuitBreakerResponseFromFallback")
                            .isEqualTo(true))
                    .to("direct:hotel")
                    .otherwise()
                    .to("direct:flight")
                    .end()
                    .process(r.notes("end"));
            r.step("credit").process(r.fails("credit"));
            r.plain("cash");
            r.plain("hotel");
            r.plain("flight");
        });
        add("circuit breaker in a step", r -> {
            r.saga().to("direct:order").process(r.notes("end"));
            r.step("order")
                    .circuitBreaker()
                    .process(r.fails("order"))
                    .onFallback()
                    .process(r.does("order"))
                    .setBody(r.constant("fallback"))
                    .end();
        });
    }

    private void branches() {
        for (boolean parallel : List.of(false, true)) {
            String suffix = parallel ? ", parallel" : "";
            add("multicast with aggregation" + suffix, r -> {
                var multicast = r.saga().multicast(AggregationStrategies.groupedBody());
                if (parallel) {
                    multicast.parallelProcessing();
                }
                multicast.to("direct:hotel", "direct:flight").end().process(r.notes("end"));
                r.plain("hotel").setBody(r.constant("h"));
                r.plain("flight").setBody(r.constant("f"));
            });
            add("multicast, one fails" + suffix, r -> {
                var multicast = r.saga().multicast().stopOnException();
                if (parallel) {
                    multicast.parallelProcessing();
                }
                multicast.to("direct:hotel", "direct:flight").end().process(r.notes("end"));
                r.plain("hotel");
                r.failing("flight");
            });
            add("split with aggregation" + suffix, r -> {
                var split = r.saga()
                        .setBody(r.constant(List.of("a", "b", "c")))
                        .split(r.body(), AggregationStrategies.groupedBody());
                if (parallel) {
                    split.parallelProcessing();
                }
                split.to("direct:hotel").end().process(r.notes("end"));
                r.plain("hotel").setBody(r.simple("${body}!"));
            });
            add("split, one fails and nobody stops" + suffix, r -> {
                var split = r.saga().setBody(r.constant(List.of("a", "b", "c"))).split(r.body());
                if (parallel) {
                    split.parallelProcessing();
                }
                split.to("direct:hotel").end().process(r.notes("end"));
                r.step("hotel")
                        .filter(r.body().isEqualTo("b"))
                        .process(r.fails("b"))
                        .end()
                        .process(r.does("hotel"));
            });
            add("recipient list" + suffix, r -> {
                var list = r.saga().recipientList(r.simple("direct:hotel,direct:flight"));
                if (parallel) {
                    list.parallelProcessing();
                }
                list.aggregationStrategy(AggregationStrategies.groupedBody())
                        .end()
                        .process(r.notes("end"));
                r.plain("hotel").setBody(r.constant("h"));
                r.plain("flight").setBody(r.constant("f"));
            });
        }
        add("split that shares its unit of work", r -> {
            r.saga()
                    .to("direct:order")
                    .split(r.body().tokenize("r"))
                    .shareUnitOfWork()
                    .to("direct:hotel")
                    .end()
                    .process(r.notes("end"));
            r.plain("order");
            r.plain("hotel");
        });
        add("split that streams", r -> {
            r.saga()
                    .setBody(r.constant("a,b,c"))
                    .split(r.body().tokenize(","))
                    .streaming()
                    .stopOnException()
                    .to("direct:hotel")
                    .end()
                    .to("direct:order");
            r.plain("order");
            r.step("hotel")
                    .process(r.does("hotel"))
                    .filter(r.body().isEqualTo("c"))
                    .process(r.fails("c"));
        });
        add("a step behind an aggregation", r -> {
            r.saga()
                    .setBody(r.constant(List.of("a", "b")))
                    .split(r.body())
                    .to("direct:quote")
                    .to("direct:gather")
                    .end()
                    .process(r.notes("end"));
            r.plain("quote").setBody(r.simple("quote ${body}"));
            r.from("direct:gather")
                    .aggregate(r.constant(true), AggregationStrategies.groupedBody())
                    .completionSize(2)
                    .to("direct:buy");
            r.plain("buy");
        });
        add("sagas within parts of a split", r -> {
            r.saga()
                    .setBody(r.constant(List.of("a", "b")))
                    .split(r.body())
                    .to("direct:one")
                    .end()
                    .to("direct:order")
                    .process(r.fails("end"));
            r.from("direct:one")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .to("direct:hotel");
            r.plain("hotel");
            r.plain("order");
        });
        add("scatter and gather", r -> {
            r.saga()
                    .setBody(r.constant(List.of("a", "b")))
                    .split(r.body())
                    .to("direct:quote")
                    .to("direct:gather")
                    .end()
                    .process(r.notes("end"));
            r.plain("quote").setBody(r.simple("quote ${body}"));
            r.from("direct:gather")
                    .aggregate(r.constant(true), AggregationStrategies.groupedBody())
                    .completionSize(2)
                    .process(r.notes("gathered"));
        });
        add("aggregate before the saga", r -> {
            r.from("direct:start")
                    .setBody(r.constant(List.of("a", "b")))
                    .split(r.body())
                    .aggregate(r.constant(true), AggregationStrategies.groupedBody())
                    .completionSize(2)
                    .to("direct:saga");
            r.from("direct:saga")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .to("direct:order");
            r.plain("order");
        });
        add("wire tap that is not supported", r -> {
            r.saga().wireTap("direct:audit").to("direct:order");
            r.plain("order");
            r.from("direct:audit")
                    .saga()
                    .propagation(SagaPropagation.NOT_SUPPORTED)
                    .process(r.notes("audit"));
        });
        add("threads", r -> {
            r.saga().to("direct:order").threads(2).to("direct:credit").process(r.notes("end"));
            r.plain("order");
            r.plain("credit");
        });
        add("multicast within split within loop", r -> {
            r.saga()
                    .loop(2)
                    .copy()
                    .setBody(r.constant(List.of("a", "b")))
                    .split(r.body())
                    .multicast()
                    .to("direct:hotel", "direct:flight")
                    .end()
                    .end()
                    .end()
                    .process(r.notes("end"));
            r.plain("hotel");
            r.plain("flight");
        });
    }

    private void ways() {
        add("routing slip", r -> {
            r.saga()
                    .setHeader("slip", r.constant("direct:hotel,direct:flight"))
                    .routingSlip(r.header("slip"))
                    .end()
                    .process(r.notes("end"));
            r.plain("hotel").setBody(r.constant("h"));
            r.plain("flight");
        });
        add("dynamic router", r -> {
            r.saga().dynamicRouter(r.method(new Turns(), "next")).end().process(r.notes("end"));
            r.plain("hotel");
            r.plain("flight");
        });
        add("toD", r -> {
            r.saga()
                    .setHeader("where", r.constant("hotel"))
                    .toD("direct:${header.where}")
                    .process(r.notes("end"));
            r.plain("hotel");
        });
        add("enrich", r -> {
            r.saga()
                    .enrich("direct:price", (original, price) -> {
                        original.getIn().setHeader("price", price.getMessage().getBody());
                        return original;
                    })
                    .to("direct:hotel")
                    .process(r.notes("end"));
            r.plain("price").setBody(r.constant(12));
            r.plain("hotel");
        });
        add("pollEnrich", r -> {
            r.from("direct:start")
                    .process(exchange -> r.getContext().createProducerTemplate().sendBody("seda:prices", 12))
                    .to("direct:saga");
            r.from("direct:saga").saga().to("direct:price").to("direct:hotel").process(r.notes("end"));
            r.step("price")
                    .pollEnrich("seda:prices", 0, (original, price) -> {
                        original.getIn().setHeader("price", price.getMessage().getBody());
                        return original;
                    })
                    .process(r.does("price"));
            r.plain("hotel");
        });
        add("loop", r -> {
            r.saga().loop(3).to("direct:hotel").end().process(r.notes("end"));
            r.plain("hotel").setBody(r.simple("${body}+"));
        });
        add("loop while", r -> {
            r.saga()
                    .loopDoWhile(r.simple("${body.length()} < 7"))
                    .to("direct:hotel")
                    .end()
                    .to("direct:flight");
            r.plain("hotel").setBody(r.simple("${body}+"));
            r.failing("flight");
        });
        add("choice", r -> {
            r.saga()
                    .to("direct:order")
                    .choice()
                    .when(r.simple("${header.id} > 5"))
                    .to("direct:hotel")
                    .otherwise()
                    .to("direct:flight")
                    .end()
                    .process(r.notes("end"));
            r.plain("order").setHeader("id", r.constant(9));
            r.plain("hotel");
            r.plain("flight");
        });
        add("a choice on what a step made", r -> {
            r.saga()
                    .to("direct:order")
                    .choice()
                    .when(r.simple("${variable.paid} == true"))
                    .to("direct:hotel")
                    .otherwise()
                    .to("direct:flight")
                    .end()
                    .process(r.notes("end"));
            r.plain("order").setVariable("paid", r.constant(true)).setProperty("by", r.constant("card"));
            r.plain("hotel");
            r.plain("flight");
        });
        add("idempotent consumer in a step", r -> {
            r.saga().to("direct:hotel").to("direct:hotel").process(r.notes("end"));
            r.step("hotel")
                    .idempotentConsumer(r.header("id"), MemoryIdempotentRepository.memoryIdempotentRepository())
                    .process(r.does("hotel"));
        });
        add("route templates", r -> {
            r.routeTemplate("book")
                    .templateParameter("what")
                    .from("direct:book-{{what}}")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:cancel-{{what}}")
                    .option("id", r.header("id"))
                    .process("{{what}}");
            r.routeTemplate("cancel")
                    .templateParameter("what")
                    .from("direct:cancel-{{what}}")
                    .process("cancel-{{what}}");
            for (String what : List.of("hotel", "flight")) {
                r.bind(what, r.does(what));
                r.bind("cancel-" + what, r.undoes(what));
                r.templatedRoute("book").parameter("what", what);
                r.templatedRoute("cancel").parameter("what", what);
            }
            r.saga().to("direct:book-hotel").to("direct:book-flight").process(r.fails("end"));
        });
        add("interceptSendToEndpoint", r -> {
            r.interceptSendToEndpoint("direct:hotel")
                    .skipSendToOriginalEndpoint()
                    .to("direct:flight");
            r.saga().to("direct:hotel").process(r.notes("end"));
            r.plain("hotel");
            r.plain("flight");
        });
        add("interceptFrom and intercept", r -> {
            r.interceptFrom().setHeader("from", r.constant("here"));
            r.intercept().setHeader("every", r.constant("step"));
            r.saga().to("direct:hotel").process(r.notes("end"));
            r.plain("hotel");
        });
        add("onCompletion", r -> {
            r.from("direct:start")
                    .onCompletion()
                    .onCompleteOnly()
                    .process(r.notes("well"))
                    .end()
                    .onCompletion()
                    .onFailureOnly()
                    .process(r.notes("badly"))
                    .end()
                    .saga()
                    .to("direct:hotel");
            r.plain("hotel");
        });
        add("onCompletion before the consumer", r -> {
            r.onCompletion().modeBeforeConsumer().process(r.notes("completed"));
            r.saga().to("direct:hotel").to("direct:flight");
            r.plain("hotel");
            r.failing("flight");
        });
        add("in only", r -> {
            r.saga()
                    .to(ExchangePattern.InOnly, "direct:hotel")
                    .setExchangePattern(ExchangePattern.InOut)
                    .to("direct:flight")
                    .process(r.notes("end"));
            r.plain("hotel").setBody(r.constant("h"));
            r.plain("flight");
        });
        add("what follows a block", r -> {
            r.from("direct:start")
                    .setHeader("before", r.constant(1))
                    .saga()
                    .to("direct:hotel")
                    .end()
                    .process(r.notes("after"))
                    .to("direct:flight");
            r.plain("hotel");
            r.plain("flight");
        });
        add("delay and throttle", r -> {
            r.saga()
                    .delay(1000)
                    .throttle(5)
                    .to("direct:hotel")
                    .end()
                    .delay(1000)
                    .to("direct:flight");
            r.plain("hotel");
            r.plain("flight");
        });
        add("sort, transform, filter, script", r -> {
            r.saga()
                    .setBody(r.constant("c,a,b"))
                    .sort(r.body().tokenize(","))
                    .to("direct:hotel")
                    .transform(r.simple("${body.size}"))
                    .filter(r.body().isEqualTo("3"))
                    .to("direct:flight")
                    .end()
                    .process(r.notes("end"));
            r.plain("hotel");
            r.plain("flight");
        });
    }

    /** Knows where a message has been. */
    public static final class Turns {
        public String next(Exchange exchange) {
            String last = exchange.getProperty(Exchange.SLIP_ENDPOINT, String.class);
            if (last == null) {
                return "direct:hotel";
            }
            return last.contains("hotel") ? "direct:flight" : null;
        }
    }

    private void messages() {
        add("the long running action as body", r -> {
            r.saga()
                    .transform(r.header(Exchange.SAGA_LONG_RUNNING_ACTION))
                    .to("direct:order")
                    .process(r.notes("end"));
            r.plain("order").transform(r.header(Exchange.SAGA_LONG_RUNNING_ACTION));
        });
        add("the body as option", r -> {
            r.saga()
                    .setBody(r.constant(Map.of("sku", "x", "n", 3)))
                    .to("direct:order")
                    .process(r.fails("end"));
            r.from("direct:undo-order").process(r.undoes("order"));
            r.from("direct:order")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:undo-order")
                    .option("order", r.body())
                    .option("text", r.simple("${body}"))
                    .option("none", r.header("none"))
                    .option("bytes", r.constant(new byte[] {1, -1}))
                    .option("when", r.constant(new Date(1000)))
                    .option("price", r.constant(new BigDecimal("1.50")))
                    .option("many", r.constant(List.of(1, 2L, "3")))
                    .process(r.does("order"));
        });
        add("kinds of values", r -> {
            r.saga().to("direct:order").to("direct:credit").process(r.notes("end"));
            r.plain("order").process(exchange -> {
                exchange.getIn().setBody(new ArrayList<>(List.of(1, 2L, 1.5, "x", true)));
                exchange.getIn().setHeader("date", new Date(5000));
                exchange.getIn().setHeader("instant", Instant.ofEpochSecond(7));
                exchange.getIn().setHeader("day", LocalDate.of(2026, 1, 2));
                exchange.getIn().setHeader("uuid", UUID.fromString("00000000-0000-0001-0000-000000000002"));
                exchange.getIn().setHeader("bytes", new byte[] {-1, 0, -40});
                exchange.getIn().setHeader("price", new BigDecimal("12.30"));
                exchange.getIn().setHeader("char", 'c');
                exchange.getIn().setHeader("float", 1.5f);
                exchange.getIn().setHeader("short", (short) 3);
                exchange.setProperty("list", List.of("a", Map.of("k", 1)));
                exchange.setVariable("map", Map.of("x", List.of(1, 2)));
                exchange.getIn().removeHeader("id");
            });
            r.plain("credit");
        });
        add("a stream", r -> {
            r.from("direct:start")
                    .process(exchange -> exchange.getIn()
                            .setBody(new ByteArrayInputStream("stream".getBytes(StandardCharsets.UTF_8))))
                    .to("direct:saga");
            r.from("direct:saga")
                    .saga()
                    .to("direct:order")
                    .convertBodyTo(String.class)
                    .to("direct:credit")
                    .process(r.notes("end"));
            r.step("order").convertBodyTo(String.class).process(r.does("order"));
            r.plain("credit");
        });
        add("bytes", r -> {
            r.from("direct:start")
                    .process(exchange -> exchange.getIn().setBody(new byte[] {-1, 0, 5}))
                    .to("direct:saga");
            r.from("direct:saga").saga().to("direct:order").to("direct:credit").process(r.notes("end"));
            r.plain("order");
            r.plain("credit");
        });
        add("no body", r -> {
            r.saga()
                    .setBody(r.simple("${null}"))
                    .to("direct:order")
                    .to("direct:credit")
                    .process(r.notes("end"));
            r.plain("order");
            r.plain("credit").setBody(r.constant("x"));
        });
        add("headers that go", r -> {
            r.saga()
                    .setHeader("a", r.constant(1))
                    .setProperty("p", r.constant(1))
                    .setVariable("v", r.constant(1))
                    .to("direct:order")
                    .to("direct:credit")
                    .process(r.notes("end"));
            r.plain("order").removeHeader("a").removeProperty("p").removeVariable("v");
            r.plain("credit");
        });
        add("another message", r -> {
            r.saga().to("direct:order").to("direct:credit").process(r.notes("end"));
            r.plain("order").process(exchange -> {
                exchange.setMessage(new org.apache.camel.support.DefaultMessage(exchange));
                exchange.getMessage().setBody("new");
                exchange.getMessage().setHeader("new", true);
            });
            r.plain("credit");
        });
        add("variables", r -> {
            r.saga()
                    .setVariable("order", r.simple("order ${header.id}"))
                    .toV("direct:order", "order", "result")
                    .to("direct:credit")
                    .process(r.notes("end"));
            r.plain("order").setBody(r.simple("${body} placed"));
            r.plain("credit");
        });
        add("an id made at random in a step", r -> {
            r.saga().to("direct:order").to("direct:credit").process(r.fails("end"));
            r.from("direct:undo-order").process(r.undoes("order"));
            r.from("direct:order")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:undo-order")
                    .option("id", r.header("id"))
                    .process(r.does("order"))
                    .setHeader("order", r.constant("made"));
            r.plain("credit");
        });
    }

    private void callbacks() {
        add("a completion that fails at first", r -> {
            int[] tries = new int[1];
            r.saga().to("direct:order");
            r.from("direct:done")
                    .process(exchange -> {
                        if (tries[0]++ < 2) {
                            throw new IllegalStateException("not yet");
                        }
                    })
                    .process(r.confirms("order"));
            r.from("direct:order")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .completion("direct:done")
                    .option("id", r.header("id"))
                    .process(r.does("order"));
        });
        add("a compensation that fails at first", r -> {
            int[] tries = new int[1];
            r.saga().to("direct:order").process(r.fails("end"));
            r.from("direct:undone")
                    .process(exchange -> {
                        if (tries[0]++ < 2) {
                            throw new IllegalStateException("not yet");
                        }
                    })
                    .process(r.undoes("order"));
            r.from("direct:order")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:undone")
                    .option("id", r.header("id"))
                    .process(r.does("order"));
        });
        add("a compensation of several routes", r -> {
            r.saga().to("direct:order").process(r.fails("end"));
            r.from("direct:undone")
                    .choice()
                    .when(r.header("kind").isEqualTo("big"))
                    .to("direct:big")
                    .otherwise()
                    .to("direct:small")
                    .end();
            r.from("direct:big").process(r.undoes("order"));
            r.from("direct:small").process(r.undoes("small"));
            r.from("direct:order")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:undone")
                    .option("kind", r.constant("big"))
                    .option("id", r.simple("${header.id}"))
                    .process(r.does("order"));
        });
        add("compensation and completion are one route", r -> {
            r.saga().to("direct:order").to("direct:credit").process(r.fails("end"));
            r.from("direct:end")
                    .process(exchange -> r.undoes(exchange.getMessage().getHeader("what", String.class))
                            .process(exchange));
            for (String name : List.of("order", "credit")) {
                r.from("direct:" + name)
                        .saga()
                        .propagation(SagaPropagation.MANDATORY)
                        .compensation("direct:end")
                        .completion("direct:end")
                        .option("what", r.constant(name))
                        .process(r.does(name));
            }
        });
        add("a compensation with a header and body of its own", r -> {
            r.saga().to("direct:order").process(r.fails("end"));
            r.from("direct:undone")
                    .transform(r.simple("undo ${header.id}"))
                    .setHeader("at", r.constant("now"))
                    .process(r.undoes("order"));
            r.from("direct:order")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:undone")
                    .option("id", r.header("id"))
                    .process(r.does("order"));
        });
        add("options of what the step has not made yet", r -> {
            r.saga().to("direct:order").process(r.fails("end"));
            r.from("direct:undone").process(r.undoes("order"));
            r.from("direct:order")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:undone")
                    .option("made", r.simple("${header.made}"))
                    .setHeader("made", r.constant("later"))
                    .process(r.does("order"));
        });
    }

    private void files() {
        add("XML", r -> {
            r.bind("hotel", r.does("hotel"));
            r.bind("flight", r.notes("flight"));
            r.bind("undo-hotel", r.undoes("hotel"));
            r.bind("breaks", r.fails("end"));
            r.load("trip.camel.xml", """
                    <routes xmlns="http://camel.apache.org/schema/xml-io">
                      <route><from uri="direct:start"/>
                        <saga propagation="REQUIRES_NEW" timeout="1m">
                          <to uri="direct:hotel"/>
                        </saga>
                        <to uri="direct:flight"/>
                        <process ref="breaks"/>
                      </route>
                      <route><from uri="direct:hotel"/>
                        <saga propagation="MANDATORY">
                          <compensation uri="direct:undo-hotel"/>
                          <option key="id"><header>id</header></option>
                          <option key="text"><simple>${body} of ${header.id}</simple></option>
                          <process ref="hotel"/>
                        </saga>
                      </route>
                      <route><from uri="direct:flight"/><process ref="flight"/></route>
                      <route><from uri="direct:undo-hotel"/><process ref="undo-hotel"/></route>
                    </routes>
                    """);
        });
        add("YAML", r -> {
            r.bind("hotel", r.does("hotel"));
            r.bind("end", r.notes("end"));
            r.bind("undo-hotel", r.undoes("hotel"));
            r.bind("confirm-hotel", r.confirms("hotel"));
            r.load("trip.camel.yaml", """
                    - from:
                        uri: direct:start
                        steps:
                          - saga:
                              propagation: REQUIRED
                              steps:
                                - to: direct:hotel
                                - choice:
                                    when:
                                      - simple: "${header.id} == 7"
                                        steps:
                                          - to: direct:hotel
                                - process: { ref: end }
                    - from:
                        uri: direct:hotel
                        steps:
                          - saga:
                              propagation: SUPPORTS
                              compensation: direct:undo-hotel
                              completion: direct:confirm-hotel
                              option:
                                - key: id
                                  header: { expression: id }
                              steps:
                                - process: { ref: hotel }
                                - setBody: { simple: "${body}!" }
                    - from:
                        uri: direct:undo-hotel
                        steps:
                          - process: { ref: undo-hotel }
                    - from:
                        uri: direct:confirm-hotel
                        steps:
                          - process: { ref: confirm-hotel }
                    """);
        });
    }
}
