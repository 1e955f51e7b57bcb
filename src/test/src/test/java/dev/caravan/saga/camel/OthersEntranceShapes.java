package dev.caravan.saga.camel;

import dev.caravan.saga.camel.OthersRoutes.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
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
}
