package dev.caravan.compatibility.quarkus;

import org.apache.camel.builder.RouteBuilder;

/** The services of the order saga, all in this application, and the way in. */
public class Services extends RouteBuilder {

    @Override
    public void configure() {
        service("order-service/CreateOrder", "CREATED");
        service("order-service/CancelOrder", "CANCELLED");
        service("order-service/ConfirmOrder", "CONFIRMED");
        service("payment-service/ProcessPayment", "PAID");
        service("payment-service/RefundPayment", "REFUNDED");
        service("inventory-service/ReserveInventory", "RESERVED");
        service("inventory-service/ReleaseInventory", "RELEASED");
        service("inventory-service/ConfirmInventory", "TAKEN");
        from("saga-command:shipping-service/PrepareShipping")
                .to("bean:effects?method=ship(${header.CaravanSagaId}, ${body[country]})");
        service("shipping-service/CancelShipping", "NOT SHIPPED");

        from("platform-http:/orders?httpMethodRestrict=POST")
                .to("bean:orders?method=place(${header.orderId}, ${header.country})");
        from("platform-http:/status?httpMethodRestrict=GET").to("bean:ends?method=of(${header.sagaId})");
        from("platform-http:/effects?httpMethodRestrict=GET").to("bean:effects?method=of(${header.sagaId})");
    }

    private void service(String command, String effect) {
        from("saga-command:" + command).to("bean:effects?method=add(${header.CaravanSagaId}, '%s')".formatted(effect));
    }
}
