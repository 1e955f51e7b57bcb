package dev.caravan.benchmark;

import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaPropagation;

/** The order saga of the routes in {@code routes/orchestration}, without completions. */
final class OrderSagaRoutes extends RouteBuilder {

    static final String START = "direct:order-saga";

    private final String command;

    private OrderSagaRoutes(String command) {
        this.command = command;
    }

    static OrderSagaRoutes overCaravan() {
        return new OrderSagaRoutes("saga-command:%s/%s?timeout=60s");
    }

    @Override
    public void configure() {
        from(START)
                .routeId("order-saga")
                .saga()
                .propagation(SagaPropagation.REQUIRES_NEW)
                .toV("direct:CreateOrder", null, "order")
                .toV("direct:ProcessPayment", null, "payment")
                .toV("direct:ReserveInventory", null, "reservation")
                .toV("direct:PrepareShipping", null, "shipment");
        for (OrderStep step : OrderStep.values()) {
            from("direct:" + step.action())
                    .routeId(step.name().toLowerCase().replace('_', '-'))
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:" + step.compensation())
                    .option("orderId", simple("${body[orderId]}"))
                    .to(command.formatted(step.service(), step.action()));
            from("direct:" + step.compensation()).to(command.formatted(step.service(), step.compensation()));
        }
    }
}
