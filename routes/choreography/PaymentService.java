package dev.caravan.routes;

import dev.caravan.saga.participant.StepRejectedException;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaPropagation;

/**
 * The order saga by events, as the payment service has it: ORDER_CREATED -> PAYMENT_COMPLETED or PAYMENT_FAILED, undone
 * by PAYMENT_REFUNDED.
 */
public class PaymentService extends RouteBuilder {

    @Override
    public void configure() {
        from("kafka:order-events?groupId=payment-service-events")
                .routeId("payment-service-events")
                .routeConfigurationId("saga-events")
                .routeDescription("Hears of orders")
                .bean("sagaEvents", "read")
                .choice()
                .when(method("sagaEvents", "is(${body}, 'ORDER_CREATED')"))
                .to("direct:payment-of-order")
                .otherwise()
                .bean("sagaEvents", "ignore");

        from("direct:payment-of-order")
                .routeId("payment-of-order")
                .routeConfigurationId("saga-events")
                .routeDescription("The card is charged when an order was created")
                .routeProperty("saga.step", "process-payment")
                .onException(StepRejectedException.class)
                .handled(true)
                .setBody(method(
                        "sagaEvents", "failure('PAYMENT_FAILED', 'orderId', ${variable.order[orderId]}, ${exception})"))
                .bean("sagaEvents", "write")
                .to("kafka:payment-events")
                .end()
                .saga()
                .propagation(SagaPropagation.MANDATORY)
                .compensation("direct:payment-refunded")
                .option("orderId", simple("${body[orderId]}"))
                .setVariable("order", simple("${body}"))
                .to(
                        "saga-command:payment-service/ProcessPayment?local=true&fields=orderId,total,currency,cardToken,cardLast4,card")
                .setBody(method("sagaEvents", "event('PAYMENT_COMPLETED', ${variable.order}, ${body})"))
                .setBody(method("sagaEvents", "without(${body}, 'cardToken,card')"))
                .bean("sagaEvents", "write")
                .to("kafka:payment-events");

        from("direct:payment-refunded")
                .routeId("payment-refunded")
                .routeDescription("Undoes payment-of-order: the card is refunded, and the others hear of it")
                .to("saga-command:payment-service/RefundPayment?local=true")
                // nothing was undone: the step had not begun
                .filter(simple("${body} != null"))
                .setBody(method("sagaEvents", "event('PAYMENT_REFUNDED', ${body})"))
                .bean("sagaEvents", "write")
                .to("kafka:payment-events");
    }
}
