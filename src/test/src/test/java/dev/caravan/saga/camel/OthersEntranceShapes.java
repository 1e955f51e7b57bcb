package dev.caravan.saga.camel;

import dev.caravan.saga.camel.OthersRoutes.Shape;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.AggregationStrategies;
import org.apache.camel.builder.RouteConfigurationBuilder;
import org.apache.camel.model.ClaimCheckOperation;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.model.SagaPropagation;

/** Applications as others write them: how messages come into their sagas and steps, and what stands around these. */
final class OthersEntranceShapes {

    private final Map<String, Shape> shapes = new LinkedHashMap<>();

    private OthersEntranceShapes() {}

    static Map<String, Shape> all() {
        OthersEntranceShapes all = new OthersEntranceShapes();
        all.rest();
        all.templates();
        all.blocks();
        all.messages();
        all.callbacks();
        all.branches();
        all.failures();
        all.gathered();
        return all.shapes;
    }

    private void add(String name, Shape shape) {
        if (shapes.put(name, shape) != null) {
            throw new IllegalArgumentException(name);
        }
    }

    private static void rest(OthersRoutes r, boolean inlined) {
        r.restConfiguration().component("wire").inlineRoutes(inlined);
    }

    private void rest() {
        for (boolean inlined : List.of(true, false)) {
            String how = inlined ? ", inlined" : "";
            add("REST starts the saga" + how, r -> {
                rest(r, inlined);
                r.rest("/trips").post("/book").to("direct:saga");
                r.from("direct:start").to("wire:post/trips/book").process(r.notes("answer"));
                r.from("direct:saga")
                        .saga()
                        .to("direct:order")
                        .to("direct:credit")
                        .setBody(r.simple("booked ${body}"));
                r.plain("order").setHeader("order", r.constant(3));
                r.plain("credit");
            });
            for (boolean fails : List.of(false, true)) {
                add("REST has the steps" + how + (fails ? ", and the last one fails" : ""), r -> {
                    rest(r, inlined);
                    r.rest("/hotels").post("/book").to("direct:hotel");
                    r.rest("/flights").post("/book").to("direct:flight");
                    r.saga()
                            .to("wire:post/hotels/book")
                            .to("wire:post/flights/book")
                            .process(r.notes("end"));
                    r.plain("hotel").setBody(r.simple("hotel of ${body}"));
                    if (fails) {
                        r.failing("flight");
                    } else {
                        r.plain("flight").setHeader("seat", r.constant(12));
                    }
                });
            }
        }
    }

    private static Processor asks(OthersRoutes r, String where) {
        return exchange -> exchange.getMessage()
                .setHeader(
                        "answer",
                        r.getContext()
                                .createProducerTemplate()
                                .requestBodyAndHeaders(
                                        where,
                                        exchange.getMessage().getBody(),
                                        exchange.getMessage().getHeaders(),
                                        String.class));
    }

    private static Processor asksOutside(OthersRoutes r, String where) {
        return exchange -> exchange.getMessage()
                .setHeader(
                        "answer",
                        r.getContext()
                                .createProducerTemplate()
                                .requestBodyAndHeader(where, "x", "id", 8, String.class));
    }

    private void templates() {
        for (boolean fails : List.of(false, true)) {
            String end = fails ? ", and the route fails behind it" : "";
            add("a step's bean calls a step" + end, r -> {
                r.saga().to("direct:order").to("direct:credit").process(fails ? r.fails("end") : r.notes("end"));
                r.plain("order").process(asks(r, "direct:stock"));
                r.plain("stock").setBody(r.constant("reserved"));
                r.plain("credit");
            });
            add("a step's bean calls a saga" + end, r -> {
                r.saga().to("direct:order").to("direct:credit").process(fails ? r.fails("end") : r.notes("end"));
                r.plain("order").process(asksOutside(r, "direct:other"));
                r.from("direct:other")
                        .saga()
                        .propagation(SagaPropagation.REQUIRES_NEW)
                        .to("direct:stock")
                        .setBody(r.constant("bought"));
                r.plain("stock");
                r.plain("credit");
            });
            add("a step's bean calls two steps" + end, r -> {
                r.saga().to("direct:order").process(fails ? r.fails("end") : r.notes("end"));
                r.step("order").process(asks(r, "direct:stock")).process(asks(r, "direct:stock"));
                r.plain("stock").setBody(r.simple("reserved for ${body}"));
            });
        }
        add("a step's bean calls a saga that fails, and goes on", r -> {
            r.saga().to("direct:order").to("direct:credit").process(r.notes("end"));
            Processor call = asksOutside(r, "direct:other");
            r.plain("order").process(exchange -> {
                try {
                    call.process(exchange);
                } catch (RuntimeException e) {
                    exchange.getMessage().setHeader("answer", "none");
                }
            });
            r.from("direct:other")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .to("direct:stock")
                    .process(r.fails("other"));
            r.plain("stock");
            r.plain("credit");
        });
    }

    private static void block(OthersRoutes r, SagaDefinition into, String name) {
        into.saga()
                .propagation(SagaPropagation.REQUIRED)
                .compensation("direct:undo-" + name)
                .completion("direct:confirm-" + name)
                .option("id", r.header("id"))
                .process(r.does(name))
                .end();
        r.from("direct:undo-" + name).process(r.undoes(name));
        r.from("direct:confirm-" + name).process(r.confirms(name));
    }

    private void blocks() {
        for (boolean fails : List.of(false, true)) {
            String end = fails ? ", and it fails" : "";
            add("blocks within the saga's block" + end, r -> {
                var saga = r.saga();
                block(r, saga, "hotel");
                block(r, saga, "flight");
                saga.process(fails ? r.fails("end") : r.notes("end"));
            });
            add("a named step around a step" + end, r -> {
                r.saga()
                        .step("booking")
                        .to("direct:hotel")
                        .end()
                        .pipeline()
                        .to("direct:flight")
                        .to("direct:car")
                        .end()
                        .process(fails ? r.fails("end") : r.notes("end"));
                r.plain("hotel");
                r.plain("flight").setBody(r.simple("${body}, flown"));
                r.plain("car");
            });
            add("two sagas one after another" + end, r -> {
                r.from("direct:start")
                        .saga()
                        .propagation(SagaPropagation.REQUIRES_NEW)
                        .to("direct:hotel")
                        .end()
                        .to("direct:second");
                r.plain("hotel").setBody(r.constant("slept"));
                r.from("direct:second")
                        .saga()
                        .propagation(SagaPropagation.REQUIRES_NEW)
                        .to("direct:flight")
                        .process(fails ? r.fails("end") : r.notes("end"));
                r.plain("flight");
            });
            add("a configuration of routes" + end, r -> {
                r.getContext().addRoutes(new RouteConfigurationBuilder() {
                    @Override
                    public void configuration() {
                        routeConfiguration()
                                .onException(IllegalStateException.class)
                                .handled(!fails)
                                .setHeader("wrong", simple("${exception.message}"));
                    }
                });
                r.saga().to("direct:hotel").to("direct:flight").process(r.notes("end"));
                r.plain("hotel");
                if (fails) {
                    r.failing("flight");
                } else {
                    r.plain("flight");
                }
            });
        }
        add("a saga by the name of its service", r -> {
            r.from("direct:start")
                    .saga()
                    .sagaService("sagas")
                    .to("direct:hotel")
                    .to("direct:flight")
                    .process(r.fails("end"));
            r.from("direct:undo").process(r.undoes("hotel"));
            r.from("direct:hotel")
                    .saga()
                    .sagaService("sagas")
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:undo")
                    .process(r.does("hotel"));
            r.plain("flight");
        });
    }

    private void messages() {
        add("poll", r -> {
            r.saga().to("direct:price").to("direct:hotel").process(r.notes("end"));
            r.step("price").process(r.does("price")).poll("seda:none", 1).setBody(r.simple("${body} or nothing"));
            r.plain("hotel");
        });
        add("a variable for what is received", r -> {
            r.saga().to("direct:entry").to("direct:flight").process(r.notes("end"));
            r.from("direct:undo-hotel").process(r.undoes("hotel"));
            r.fromV("direct:entry", "request")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:undo-hotel")
                    .process(r.does("hotel"))
                    .setHeader("asked", r.simple("${variable.request}"));
            r.plain("flight");
        });
        add("headers set, converted and gone", r -> {
            r.saga()
                    .setHeaders("nights", r.constant("3"), "city", r.constant("Seoul"))
                    .convertHeaderTo("nights", Integer.class)
                    .to("direct:hotel")
                    .convertHeaderTo("nights", Long.class)
                    .removeHeaders("c*")
                    .to("direct:flight")
                    .process(r.notes("end"));
            r.plain("hotel").setHeader("price", r.simple("${header.nights}", Double.class));
            r.plain("flight");
        });
        add("claim check in each turn", r -> {
            r.saga()
                    .loop(2)
                    .claimCheck(ClaimCheckOperation.Push)
                    .setBody(r.simple("turn ${exchangeProperty.CamelLoopIndex}"))
                    .to("direct:hotel")
                    .claimCheck(ClaimCheckOperation.Pop)
                    .end()
                    .to("direct:flight")
                    .process(r.notes("end"));
            r.plain("hotel").setHeader("slept", r.body());
            r.plain("flight");
        });
        add("enrich by an expression, with a step", r -> {
            r.saga()
                    .setHeader("where", r.constant("hotel"))
                    .enrich()
                    .simple("direct:${header.where}")
                    .aggregationStrategy((original, found) -> {
                        original.getIn().setHeader("found", found.getMessage().getBody());
                        return original;
                    })
                    .to("direct:flight")
                    .process(r.notes("end"));
            r.plain("hotel").setBody(r.constant("a hotel"));
            r.plain("flight");
        });
        add("a loop until a step has said so", r -> {
            r.saga()
                    .setVariable("left", r.constant(3))
                    .loopDoWhile(r.simple("${variable.left} > 0"))
                    .to("direct:hotel")
                    .end()
                    .process(r.notes("end"));
            r.plain("hotel").setVariable("left", r.simple("${variable.left}--", Integer.class));
        });
        add("doTry around validate, delay and a bean in a step", r -> {
            r.saga()
                    .doTry()
                    .to("direct:hotel")
                    .validate(r.header("id").isEqualTo(8))
                    .to("direct:flight")
                    .doCatch(Exception.class)
                    .setHeader(
                            "wrong", r.simple("${exchangeProperty." + Exchange.EXCEPTION_CAUGHT + ".class.simpleName}"))
                    .doFinally()
                    .to("direct:car")
                    .end()
                    .process(r.notes("end"));
            r.plain("hotel").delay(100).setBody(r.constant("slept"));
            r.plain("flight");
            r.plain("car");
        });
    }

    /** Fails the first so many times. */
    private static Processor failsAtFirst(int times) {
        AtomicInteger tries = new AtomicInteger();
        return exchange -> {
            if (tries.getAndIncrement() < times) {
                throw new IllegalStateException("not yet");
            }
        };
    }

    private static void undoneBy(OthersRoutes r, String name, String undo) {
        r.from("direct:" + name)
                .saga()
                .propagation(SagaPropagation.MANDATORY)
                .compensation(undo)
                .option("id", r.header("id"))
                .process(r.does(name));
    }

    private void callbacks() {
        add("a compensation in branches, one of which fails at first and is handled", r -> {
            r.saga().to("direct:order").to("direct:credit").process(r.fails("end"));
            r.plain("order");
            undoneBy(r, "credit", "direct:undo-all");
            r.from("direct:undo-all")
                    .onException(Exception.class)
                    .handled(true)
                    .process(r.notes("handled"))
                    .end()
                    .multicast()
                    .stopOnException()
                    .to("direct:undo-first", "direct:undo-second");
            r.from("direct:undo-first").errorHandler(r.noErrorHandler()).process(failsAtFirst(2));
            r.from("direct:undo-second").errorHandler(r.noErrorHandler()).process(r.undoes("credit"));
        });
        add("a compensation with a dead letter channel of the context, which fails at first", r -> {
            r.errorHandler(r.deadLetterChannel("direct:dead"));
            r.saga().to("direct:order").process(r.fails("end"));
            undoneBy(r, "order", "direct:undone");
            r.from("direct:undone").process(failsAtFirst(2)).process(r.undoes("order"));
            r.from("direct:dead").process(r.notes("dead"));
        });
        add("a compensation with a saga, which has a step", r -> {
            r.saga().to("direct:order").process(r.fails("end"));
            undoneBy(r, "order", "direct:undone");
            r.from("direct:undone").to("direct:refund").process(r.undoes("order"));
            r.from("direct:refund")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .to("direct:transfer");
            r.plain("transfer");
        });
    }

    private void branches() {
        add("a loop of steps with time-outs", r -> {
            r.saga().loop(3).to("direct:hotel").end().to("direct:flight");
            r.step("hotel")
                    .timeout(Duration.ofSeconds(30))
                    .process(r.does("hotel"))
                    .delay(1000);
            r.failing("flight");
        });
        for (String where : List.of("a branch", "a part")) {
            add("stop in " + where, r -> {
                if (where.equals("a part")) {
                    r.saga()
                            .setBody(r.constant(List.of("a", "b")))
                            .split(r.body())
                            .to("direct:hotel")
                            .end()
                            .to("direct:flight")
                            .process(r.notes("end"));
                } else {
                    r.saga()
                            .multicast()
                            .to("direct:hotel", "direct:car")
                            .end()
                            .to("direct:flight")
                            .process(r.notes("end"));
                }
                r.plain("hotel").stop();
                r.plain("car");
                r.plain("flight");
            });
        }
        for (String way : List.of("routing slip", "dynamic router", "recipient list")) {
            add("a " + way + ", of which the second fails", r -> {
                SagaDefinition saga = r.saga();
                switch (way) {
                    case "routing slip" -> saga.routingSlip(r.constant("direct:hotel,direct:flight,direct:car"));
                    case "dynamic router" -> saga.dynamicRouter(r.method(new OthersRareShapes.Turns(), "next"));
                    default -> saga.recipientList(r.constant("direct:hotel,direct:flight,direct:car"));
                }
                r.plain("hotel");
                r.failing("flight");
                r.plain("car");
            });
        }
        add("failures that an aggregation takes for answers", r -> {
            r.saga()
                    .setBody(r.constant(List.of("a", "b")))
                    .split(r.body(), (before, after) -> {
                        after.setException(null);
                        return after;
                    })
                    .to("direct:hotel")
                    .end()
                    .to("direct:flight")
                    .process(r.notes("end"));
            r.step("hotel").process(r.fails("hotel"));
            r.plain("flight");
        });
        add("enrich by a saga that fails, and goes on", r -> {
            r.saga()
                    .to("direct:order")
                    .enrich(
                            "direct:price",
                            (original, price) -> {
                                original.getIn().setHeader("price", price == null ? "none" : "known");
                                original.setException(null);
                                return original;
                            },
                            true)
                    .to("direct:hotel")
                    .process(r.notes("end"));
            r.from("direct:price")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .to("direct:quote");
            r.failing("quote");
            r.plain("order");
            r.plain("hotel");
        });
    }

    private void failures() {
        add("doFinally fails within a doTry", r -> {
            r.saga()
                    .doTry()
                    .doTry()
                    .to("direct:hotel")
                    .doFinally()
                    .process(r.fails("end"))
                    .endDoTry()
                    .doCatch(IllegalArgumentException.class)
                    .to("direct:cash")
                    .end()
                    .to("direct:flight");
            r.plain("hotel");
            r.plain("cash");
            r.plain("flight");
        });
        add("a saga in a doCatch", r -> {
            r.saga()
                    .doTry()
                    .to("direct:credit")
                    .doCatch(Exception.class)
                    .to("direct:other")
                    .end()
                    .to("direct:order")
                    .process(r.notes("end"));
            r.step("credit").process(r.fails("credit"));
            r.from("direct:other")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .to("direct:cash");
            r.plain("cash");
            r.plain("order");
        });
        add("a loop in which the first round fails and is caught", r -> {
            r.saga()
                    .loop(2)
                    .doTry()
                    .to("direct:credit")
                    .doCatch(Exception.class)
                    .to("direct:cash")
                    .end()
                    .end()
                    .process(r.notes("end"));
            r.step("credit")
                    .filter(r.exchangeProperty(Exchange.LOOP_INDEX).isEqualTo(0))
                    .process(r.fails("credit"))
                    .end()
                    .process(r.does("credit"));
            r.plain("cash");
        });
        add("rollback in a step", r -> {
            r.saga().to("direct:order").to("direct:credit");
            r.plain("order");
            r.plain("credit").rollback("no");
        });
        add("markRollbackOnlyLast in a step", r -> {
            r.saga().to("direct:order").to("direct:credit");
            r.plain("order");
            r.plain("credit").markRollbackOnlyLast();
        });
        add("all headers gone in a step", r -> {
            r.saga().to("direct:order").to("direct:credit").process(r.fails("end"));
            r.plain("order").removeHeaders("*");
            undoneBy(r, "credit", "direct:undone");
            r.from("direct:undone").process(r.undoes("credit"));
        });
        add("a step completes its saga, and another one follows", r -> {
            r.saga().to("direct:order").to("direct:credit").process(r.notes("end"));
            r.plain("order").to("saga:complete");
            r.plain("credit");
        });
        add("a step behind the route, by onCompletion", r -> {
            r.saga().to("direct:order").process(r.notes("end"));
            r.from("direct:undo-order").process(r.undoes("order"));
            r.from("direct:order")
                    .onCompletion()
                    .to("direct:receipt")
                    .end()
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:undo-order")
                    .process(r.does("order"));
            r.plain("receipt");
        });
    }

    /** Messages that wait for others, or not for all of them. */
    private void gathered() {
        add("an aggregation that a time-out completes", r -> {
            r.saga()
                    .setBody(r.constant(List.of("a", "b")))
                    .split(r.body())
                    .to("direct:hotel")
                    .to("direct:gather")
                    .end()
                    .process(r.notes("end"));
            r.from("direct:gather")
                    .aggregate(r.constant(true), AggregationStrategies.groupedBody())
                    .completionTimeout(1000)
                    .to("direct:flight");
            r.plain("hotel");
            r.plain("flight");
        });
        add("an aggregation that a time-out completes while a step waits", r -> {
            r.saga().to("direct:hotel").to("direct:gather").to("direct:car").process(r.notes("end"));
            r.from("direct:gather")
                    .aggregate(r.constant(true), AggregationStrategies.groupedBody())
                    .completionTimeout(1000)
                    .to("direct:flight");
            r.plain("hotel");
            r.plain("flight");
            r.plain("car").delay(60_000);
        });
        for (boolean fails : List.of(false, true)) {
            add("a multicast with a time-out" + (fails ? ", and the route fails behind it" : ""), r -> {
                var saga = r.saga()
                        .multicast()
                        .parallelProcessing()
                        .timeout(1000)
                        .to("direct:hotel", "direct:car")
                        .end()
                        .to("direct:flight");
                if (fails) {
                    saga.process(r.fails("end"));
                }
                r.plain("hotel");
                r.plain("car").delay(5_000);
                r.plain("flight");
            });
        }
        add("steps of which there are so many in a time", r -> {
            r.saga()
                    .loop(3)
                    .throttle(1)
                    .timePeriodMillis(20)
                    .to("direct:hotel")
                    .end()
                    .end();
            r.plain("hotel");
        });
    }
}
