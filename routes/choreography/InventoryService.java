package dev.caravan.routes;

import dev.caravan.saga.participant.StepRejectedException;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaPropagation;

/**
 * The order saga by events, as the inventory service has it: PAYMENT_COMPLETED -> INVENTORY_RESERVED or
 * INVENTORY_INSUFFICIENT, undone by INVENTORY_RELEASED.
 */
public class InventoryService extends RouteBuilder {

    @Override
    public void configure() {
        from("kafka:payment-events?groupId=inventory-service-events")
                .routeId("inventory-service-events")
                .routeConfigurationId("saga-events")
                .routeDescription("Hears of payments")
                .bean("sagaEvents", "read")
                .choice()
                .when(method("sagaEvents", "is(${body}, 'PAYMENT_COMPLETED')"))
                .to("direct:inventory-of-payment")
                .otherwise()
                .bean("sagaEvents", "ignore");

        from("direct:inventory-of-payment")
                .routeId("inventory-of-payment")
                .routeConfigurationId("saga-events")
                .routeDescription("All items of the order are reserved, or none, when it was paid")
                .routeProperty("saga.step", "reserve-inventory")
                .onException(StepRejectedException.class)
                .handled(true)
                .setBody(method(
                        "sagaEvents",
                        "failure('INVENTORY_INSUFFICIENT', 'orderId', ${variable.order[orderId]}, ${exception})"))
                .bean("sagaEvents", "write")
                .to("kafka:inventory-events")
                .end()
                .saga()
                .propagation(SagaPropagation.MANDATORY)
                .compensation("direct:inventory-released")
                .completion("direct:inventory-confirmed")
                .option("orderId", simple("${body[orderId]}"))
                .setVariable("order", simple("${body}"))
                .to("saga-command:inventory-service/ReserveInventory?local=true&fields=orderId,items")
                .setBody(method("sagaEvents", "event('INVENTORY_RESERVED', ${variable.order}, ${body})"))
                .bean("sagaEvents", "write")
                .to("kafka:inventory-events");

        from("direct:inventory-released")
                .routeId("inventory-released")
                .routeDescription(
                        "Undoes inventory-of-payment: the items are available again, and the others hear of it")
                .to("saga-command:inventory-service/ReleaseInventory?local=true")
                // nothing was undone: the step had not begun
                .filter(simple("${body} != null"))
                .setBody(method("sagaEvents", "event('INVENTORY_RELEASED', ${body})"))
                .bean("sagaEvents", "write")
                .to("kafka:inventory-events");

        from("direct:inventory-confirmed")
                .routeId("inventory-confirmed")
                .routeDescription("Completes inventory-of-payment: the items leave the stock")
                .to("saga-command:inventory-service/ConfirmInventory?local=true");
    }
}
