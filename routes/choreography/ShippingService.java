package dev.caravan.routes;

import dev.caravan.saga.participant.StepRejectedException;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaPropagation;

/**
 * The order saga by events, as the shipping service has it: INVENTORY_RESERVED -> SHIPPING_PREPARED or SHIPPING_FAILED.
 * Nobody waits to hear that a shipment was called off, so no event says so.
 */
public class ShippingService extends RouteBuilder {

    @Override
    public void configure() {
        from("kafka:inventory-events?groupId=shipping-service-events")
                .routeId("shipping-service-events")
                .routeConfigurationId("saga-events")
                .routeDescription("Hears of reserved items")
                .bean("sagaEvents", "read")
                .choice()
                .when(method("sagaEvents", "is(${body}, 'INVENTORY_RESERVED')"))
                .to("direct:shipping-of-inventory")
                .otherwise()
                .bean("sagaEvents", "ignore");

        from("direct:shipping-of-inventory")
                .routeId("shipping-of-inventory")
                .routeConfigurationId("saga-events")
                .routeDescription("The shipment gets a tracking number when the items are reserved")
                .routeProperty("saga.step", "prepare-shipping")
                .onException(StepRejectedException.class)
                .handled(true)
                .setBody(method(
                        "sagaEvents",
                        "failure('SHIPPING_FAILED', 'orderId', ${variable.order[orderId]}, ${exception})"))
                .bean("sagaEvents", "write")
                .to("kafka:shipping-events")
                .end()
                .saga()
                .propagation(SagaPropagation.MANDATORY)
                .compensation("direct:shipping-cancelled")
                .option("orderId", simple("${body[orderId]}"))
                .setVariable("order", simple("${body}"))
                .to("saga-command:shipping-service/PrepareShipping?local=true&fields=orderId,userId,country,items")
                .setBody(method("sagaEvents", "event('SHIPPING_PREPARED', ${variable.order}, ${body})"))
                .bean("sagaEvents", "write")
                .to("kafka:shipping-events");

        from("direct:shipping-cancelled")
                .routeId("shipping-cancelled")
                .routeDescription("Undoes shipping-of-inventory: the shipment is CANCELLED")
                .to("saga-command:shipping-service/CancelShipping?local=true");
    }
}
