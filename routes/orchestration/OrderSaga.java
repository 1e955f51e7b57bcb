package dev.caravan.routes;

import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaPropagation;

/**
 * The order saga. Read it aloud: create the order, process the payment, reserve the inventory, prepare the shipping. If
 * one of them fails, what was done is undone in reverse order; when all are done, order and inventory are confirmed.
 *
 * <p>The message is the order: {orderId, userId, items, total, currency, cardToken, cardLast4, country}; each step is sent what
 * it needs of it. An order of an older version has a card.
 */
public class OrderSaga extends RouteBuilder {

    private static final String TIMEOUT = "?timeout={{order.saga.step-timeout:30s}}";

    @Override
    public void configure() {
        from("direct:order-saga")
                .routeId("order-saga")
                .routeDescription("Takes an order from its creation to its shipping, or undoes all of it")
                .saga()
                .propagation(SagaPropagation.REQUIRES_NEW)
                .toV("direct:create-order", null, "order")
                .toV("direct:process-payment", null, "payment")
                .toV("direct:reserve-inventory", null, "reservation")
                .toV("direct:prepare-shipping", null, "shipment");

        // create the order

        from("direct:create-order")
                .routeId("create-order")
                .routeDescription("The order is PENDING")
                .saga()
                .propagation(SagaPropagation.MANDATORY)
                .compensation("direct:cancel-order")
                .completion("direct:confirm-order")
                .option("orderId", simple("${body[orderId]}"))
                .to("saga-command:order-service/CreateOrder" + TIMEOUT
                        + "&fields=orderId,userId,items,total,currency,country");

        from("direct:cancel-order")
                .routeId("cancel-order")
                .routeDescription("Undoes create-order: the order is CANCELLED")
                .to("saga-command:order-service/CancelOrder" + TIMEOUT);

        from("direct:confirm-order")
                .routeId("confirm-order")
                .routeDescription("Completes create-order: the order is CONFIRMED")
                .to("saga-command:order-service/ConfirmOrder" + TIMEOUT);

        // process the payment

        from("direct:process-payment")
                .routeId("process-payment")
                .routeDescription("The card is charged")
                .saga()
                .propagation(SagaPropagation.MANDATORY)
                .compensation("direct:refund-payment")
                .option("orderId", simple("${body[orderId]}"))
                .to("saga-command:payment-service/ProcessPayment" + TIMEOUT
                        + "&fields=orderId,total,currency,cardToken,cardLast4,card");

        from("direct:refund-payment")
                .routeId("refund-payment")
                .routeDescription("Undoes process-payment: the card is refunded")
                .to("saga-command:payment-service/RefundPayment" + TIMEOUT);

        // reserve the inventory

        from("direct:reserve-inventory")
                .routeId("reserve-inventory")
                .routeDescription("All items of the order are reserved, or none")
                .saga()
                .propagation(SagaPropagation.MANDATORY)
                .compensation("direct:release-inventory")
                .completion("direct:confirm-inventory")
                .option("orderId", simple("${body[orderId]}"))
                .to("saga-command:inventory-service/ReserveInventory" + TIMEOUT + "&fields=orderId,items");

        from("direct:release-inventory")
                .routeId("release-inventory")
                .routeDescription("Undoes reserve-inventory: the items are available again")
                .to("saga-command:inventory-service/ReleaseInventory" + TIMEOUT);

        from("direct:confirm-inventory")
                .routeId("confirm-inventory")
                .routeDescription("Completes reserve-inventory: the items leave the stock")
                .to("saga-command:inventory-service/ConfirmInventory" + TIMEOUT);

        // prepare the shipping

        from("direct:prepare-shipping")
                .routeId("prepare-shipping")
                .routeDescription("The shipment has a tracking number")
                .saga()
                .propagation(SagaPropagation.MANDATORY)
                .compensation("direct:cancel-shipping")
                .option("orderId", simple("${body[orderId]}"))
                .to("saga-command:shipping-service/PrepareShipping" + TIMEOUT + "&fields=orderId,userId,country,items");

        from("direct:cancel-shipping")
                .routeId("cancel-shipping")
                .routeDescription("Undoes prepare-shipping: the shipment is CANCELLED")
                .to("saga-command:shipping-service/CancelShipping" + TIMEOUT);
    }
}
