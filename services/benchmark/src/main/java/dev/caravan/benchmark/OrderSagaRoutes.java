package dev.caravan.benchmark;

import java.util.Locale;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.model.SagaPropagation;
import org.apache.camel.saga.CamelSagaService;

/** The order saga of the routes in {@code routes/orchestration}, without completions. */
final class OrderSagaRoutes extends RouteBuilder {

    static final String START = "direct:order-saga";

    private final Commands commands;
    private CamelSagaService service;

    private interface Commands {
        void add(ProcessorDefinition<?> route, OrderStep step, boolean undo);
    }

    private OrderSagaRoutes(Commands commands) {
        this.commands = commands;
    }

    /** With a saga service of its own, in place of one that the application has. */
    OrderSagaRoutes with(CamelSagaService own) {
        service = own;
        return this;
    }

    /** @param timeout of each step */
    static OrderSagaRoutes overCaravan(String timeout) {
        return new OrderSagaRoutes((route, step, undo) -> route.to("saga-command:%s/%s?timeout=%s"
                .formatted(step.service(), undo ? step.compensation() : step.action(), timeout)));
    }

    /** Each step is a bean of the same application. */
    static OrderSagaRoutes ofBeans(ParticipantEffects effects) {
        return new OrderSagaRoutes(
                (route, step, undo) -> route.bean(new StepBean(effects, step), undo ? "undo" : "act"));
    }

    static OrderSagaRoutes over(PlainCommands commands) {
        return new OrderSagaRoutes((route, step, undo) -> route.process(new PlainCommand(commands, step, undo)));
    }

    @Override
    public void configure() throws Exception {
        if (service != null) {
            getContext().addService(service);
        }
        from(START)
                .routeId("order-saga")
                .saga()
                .propagation(SagaPropagation.REQUIRES_NEW)
                .toV("direct:CreateOrder", null, "order")
                .toV("direct:ProcessPayment", null, "payment")
                .toV("direct:ReserveInventory", null, "reservation")
                .toV("direct:PrepareShipping", null, "shipment");
        for (OrderStep step : OrderStep.values()) {
            SagaDefinition saga = from("direct:" + step.action())
                    .routeId(step.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:" + step.compensation())
                    .option("orderId", simple("${body[orderId]}"));
            commands.add(saga, step, false);
            commands.add(from("direct:" + step.compensation()), step, true);
        }
    }
}
