package dev.caravan.saga.camel;

import dev.caravan.saga.camel.OthersRoutes.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.ExchangePattern;
import org.apache.camel.model.ClaimCheckOperation;
import org.apache.camel.model.SagaPropagation;

/** Applications as others write them. */
final class OthersShapes {

    private final Map<String, Shape> shapes = new LinkedHashMap<>();

    private OthersShapes() {}

    static Map<String, Shape> all() {
        OthersShapes all = new OthersShapes();
        all.addAll();
        return all.shapes;
    }

    private void add(String name, Shape shape) {
        shapes.put(name, shape);
    }

    private void addAll() {
        add("order and credit", r -> {
            r.saga().to("direct:order").to("direct:credit").process(r.notes("end"));
            r.plain("order");
            r.plain("credit");
        });
        add("credit fails", r -> {
            r.saga().to("direct:order").to("direct:credit");
            r.plain("order");
            r.failing("credit");
        });
        add("NOT_SUPPORTED with a saga in it", r -> {
            r.saga().to("direct:order").to("direct:audit").to("direct:credit");
            r.plain("order");
            r.from("direct:audit")
                    .saga()
                    .propagation(SagaPropagation.NOT_SUPPORTED)
                    .to("direct:inner");
            r.step("inner", SagaPropagation.REQUIRED).process(r.does("inner"));
            r.plain("credit");
        });
        add("load balancer with failover", r -> {
            r.saga()
                    .loadBalance()
                    .failover(IllegalStateException.class)
                    .to("direct:order")
                    .to("direct:credit")
                    .end()
                    .process(r.notes("end"));
            r.step("order").process(r.fails("order"));
            r.plain("credit");
        });
        add("doCatch of all says what went wrong", r -> {
            r.saga()
                    .doTry()
                    .to("direct:credit")
                    .doCatch(Exception.class)
                    .setBody(r.simple("${exception.message}"))
                    .end()
                    .to("direct:cash")
                    .process(r.notes("end"));
            r.step("credit").process(r.fails("credit"));
            r.plain("cash");
        });
        add("in only from the start", r -> {
            r.from("direct:start").to(ExchangePattern.InOnly, "direct:saga");
            r.from("direct:saga").saga().to("direct:order").to("direct:credit").process(r.notes("end"));
            r.plain("order");
            r.plain("credit");
        });
        add("a pattern that a step changes", r -> {
            r.saga().to("direct:order").to("direct:credit").process(r.notes("end"));
            r.plain("order").setExchangePattern(ExchangePattern.InOnly);
            r.plain("credit");
        });
        add("a saga for each item, which knows its number", r -> {
            r.from("direct:start")
                    .setBody(r.constant(List.of("a", "b")))
                    .split(r.body())
                    .to("direct:one")
                    .end();
            r.from("direct:one")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .setHeader(
                            "line",
                            r.simple("${exchangeProperty.CamelSplitIndex} of ${exchangeProperty.CamelSplitSize}"))
                    .to("direct:order");
            r.plain("order");
        });
        add("claim check", r -> {
            r.saga()
                    .claimCheck(ClaimCheckOperation.Push)
                    .setBody(r.constant("small"))
                    .to("direct:hotel")
                    .claimCheck(ClaimCheckOperation.Pop)
                    .process(r.notes("end"))
                    .to("direct:flight");
            r.plain("hotel");
            r.plain("flight");
        });
        add("claim check over a step", r -> {
            r.saga()
                    .to("direct:check-in")
                    .to("direct:hotel")
                    .to("direct:check-out")
                    .process(r.notes("end"));
            r.step("check-in").claimCheck(ClaimCheckOperation.Set, "luggage").setBody(r.constant("small"));
            r.plain("hotel");
            r.step("check-out").claimCheck(ClaimCheckOperation.GetAndRemove, "luggage");
        });
        add("a saga of its own, whose block is a step", r -> {
            r.saga().to("direct:order").to("direct:credit");
            r.step("order", SagaPropagation.REQUIRES_NEW).process(r.does("order"));
            r.plain("credit");
        });
        add("a saga of its own fails, and is caught", r -> {
            r.saga()
                    .doTry()
                    .to("direct:order")
                    .doCatch(Exception.class)
                    .process(r.notes("caught"))
                    .end()
                    .to("direct:credit");
            r.step("order", SagaPropagation.REQUIRES_NEW)
                    .process(r.does("order"))
                    .process(r.fails("order"));
            r.plain("credit");
        });
        add("a choice on what a breaker in a step came to", r -> {
            r.saga()
                    .to("direct:try")
                    .choice()
                    .when(r.exchangeProperty("CamelCircuitBreakerResponseFromFallback")
                            .isEqualTo(true))
                    .to("direct:hotel")
                    .otherwise()
                    .to("direct:flight")
                    .end()
                    .process(r.notes("end"));
            r.plain("try")
                    .circuitBreaker()
                    .to("direct:credit")
                    .onFallback()
                    .to("direct:cash")
                    .end();
            r.step("credit").process(r.fails("credit"));
            r.plain("cash");
            r.plain("hotel");
            r.plain("flight");
        });
    }
}
