package dev.caravan.saga.camel;

import java.time.Duration;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaPropagation;

/** The order saga of the recovery tests in Java, as {@code recovery/order.camel.xml} has it. */
class OrderRoutes extends RouteBuilder {

    @Override
    public void configure() {
        orderSaga();
        step("reserve-stock", "inventory-service/ReserveStock", "inventory-service/ReleaseStock", "ConfirmStock");
        step("process-payment", "payment-service/ProcessPayment", "payment-service/RefundPayment", null);
        step("book-courier", "shipping-service/BookCourier", "shipping-service/CancelCourier", null);
        step("prepare-shipping", "shipping-service/PrepareShipping", "shipping-service/CancelShipping", null);
        others();
    }

    void orderSaga() {
        from("direct:order-saga")
                .routeId("order-saga")
                .saga()
                .propagation(SagaPropagation.REQUIRES_NEW)
                .timeout(Duration.ofMinutes(10))
                .to("direct:reserve-stock")
                .multicast()
                .parallelProcessing()
                .stopOnException()
                .to("direct:process-payment", "direct:book-courier")
                .end()
                .to("direct:prepare-shipping");
    }

    void others() {}

    final void step(String name, String command, String compensation, String completion) {
        var saga = from("direct:" + name).routeId(name).saga().propagation(SagaPropagation.MANDATORY);
        saga.option("note", header("note"));
        saga.compensation("direct:undo-" + name);
        if (completion != null) {
            saga.completion("direct:finish-" + name);
            from("direct:finish-" + name)
                    .routeId("finish-" + name)
                    .to("saga-command:inventory-service/%s?timeout=30s".formatted(completion));
        }
        saga.to("saga-command:%s?timeout=30s".formatted(command));
        from("direct:undo-" + name).routeId("undo-" + name).to("saga-command:%s?timeout=30s".formatted(compensation));
    }
}
