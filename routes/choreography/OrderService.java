package dev.caravan.routes;

import dev.caravan.saga.camel.SagaConstants;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaCompletionMode;
import org.apache.camel.model.SagaPropagation;

/**
 * The order saga by events, as the order service has it: it starts the saga, says ORDER_CREATED, and ends the saga when
 * the last service is done or one of them says no. Nobody orchestrates: each service reacts to the event before it,
 * enlists its own step in the saga, and says what it did.
 *
 * <pre>
 * ORDER_CREATED -> PAYMENT_COMPLETED -> INVENTORY_RESERVED -> SHIPPING_PREPARED
 * undone by ORDER_CANCELLED, PAYMENT_REFUNDED, INVENTORY_RELEASED
 * </pre>
 */
public class OrderService extends RouteBuilder {

    @Override
    public void configure() {
        from("direct:order-saga-by-events")
                .routeId("order-saga-by-events")
                .routeDescription("Starts the order saga, which events carry on from here")
                .routeProperty("saga.version", "1")
                .saga()
                .propagation(SagaPropagation.REQUIRES_NEW)
                .completionMode(SagaCompletionMode.MANUAL)
                .timeout("{{order.saga.timeout:60s}}")
                .doTry()
                .to("direct:order-created")
                .doCatch(Exception.class)
                .setProperty("CaravanReason", simple("${exception.message}"))
                .to("saga:compensate");

        from("direct:order-created")
                .routeId("order-created")
                .routeDescription("The order is PENDING, and the others hear of it")
                .routeProperty("saga.step", "create-order")
                .saga()
                .propagation(SagaPropagation.MANDATORY)
                .compensation("direct:order-cancelled")
                .completion("direct:order-confirmed")
                .option("orderId", simple("${body[orderId]}"))
                // after a crash, the others may hear of it twice, which does no harm
                .option(SagaConstants.IDEMPOTENT, constant(true))
                .setVariable("order", simple("${body}"))
                .to(
                        "saga-command:order-service/CreateOrder?local=true&fields=orderId,userId,items,total,currency,country")
                .setBody(method("sagaEvents", "event('ORDER_CREATED', ${variable.order})"))
                .bean("sagaEvents", "write")
                .to("kafka:order-events");

        from("direct:order-cancelled")
                .routeId("order-cancelled")
                .routeDescription("Undoes order-created: the order is CANCELLED, and the others hear of it")
                .to("saga-command:order-service/CancelOrder?local=true")
                // nothing was undone: the step had not begun
                .filter(simple("${body} != null"))
                .setBody(method("sagaEvents", "event('ORDER_CANCELLED', ${body})"))
                .bean("sagaEvents", "write")
                .to("kafka:order-events");

        from("direct:order-confirmed")
                .routeId("order-confirmed")
                .routeDescription("Completes order-created: the order is CONFIRMED")
                .to("saga-command:order-service/ConfirmOrder?local=true");

        // how it ends

        from("kafka:payment-events,inventory-events,shipping-events?groupId=order-service-events")
                .routeId("order-service-events")
                .routeConfigurationId("saga-events")
                .routeDescription("Hears how it goes with the others")
                .bean("sagaEvents", "read")
                .choice()
                .when(method("sagaEvents", "is(${body}, 'SHIPPING_PREPARED')"))
                .to("direct:order-done")
                .when(method("sagaEvents", "is(${body}, 'PAYMENT_FAILED,INVENTORY_INSUFFICIENT,SHIPPING_FAILED')"))
                .to("direct:order-failed")
                .otherwise()
                .bean("sagaEvents", "ignore");

        from("direct:order-done")
                .routeId("order-done")
                .routeConfigurationId("saga-events")
                .routeDescription("All services are done: the saga is completed")
                .saga()
                .propagation(SagaPropagation.MANDATORY)
                .to("saga:complete");

        from("direct:order-failed")
                .routeId("order-failed")
                .routeConfigurationId("saga-events")
                .routeDescription("A service said no: the saga is compensated")
                .setProperty("CaravanReason", simple("${body[type]}: ${body[reason]}"))
                .saga()
                .propagation(SagaPropagation.MANDATORY)
                .to("saga:compensate");
    }
}
