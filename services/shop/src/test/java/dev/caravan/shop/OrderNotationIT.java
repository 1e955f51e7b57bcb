package dev.caravan.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.shop.ShopClient.Placed;
import dev.caravan.shop.ShopClient.Saga;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The shop runs the order saga in the notation that is chosen. All other tests run it in XML. */
class OrderNotationIT {

    @Test
    void takesOrdersInJava() {
        try (ConfigurableApplicationContext context = run("java")) {
            ShopClient shop = client(context);
            Placed good = shop.placeByEvents(OrderRequest.of("COFFEE", 2));
            Placed declined = shop.placeByEvents(OrderRequest.of("COFFEE", 1).paidWith(OrderRequest.DECLINED_CARD));
            Placed outOfStock = shop.placeByEvents(OrderRequest.of("OUT-OF-STOCK", 1));
            Placed antarctica = shop.placeByEvents(OrderRequest.of("COFFEE", 1).shippedTo("AQ"));

            takesOrders(context, "OrderSaga.java");
            assertThat(shop.ended(good.sagaId()).status()).isEqualTo("COMPLETED");
            assertUndone(shop.ended(declined.sagaId()), "CREATE_ORDER");
            assertUndone(shop.ended(outOfStock.sagaId()), "PROCESS_PAYMENT", "CREATE_ORDER");
            assertUndone(shop.ended(antarctica.sagaId()), "RESERVE_INVENTORY", "PROCESS_PAYMENT", "CREATE_ORDER");
            assertThat(source(context, "payment-of-order")).contains("PaymentService.java");
        }
    }

    /** By events there is no YAML. */
    @Test
    @Tag("thorough")
    void takesOrdersInYaml() {
        try (ConfigurableApplicationContext context = run("yaml")) {
            takesOrders(context, "order-saga.camel.yaml");
            assertThat(source(context, "payment-of-order")).contains("payment-service.camel.xml");
        }
    }

    private static ConfigurableApplicationContext run(String notation) {
        return new SpringApplicationBuilder(ShopApplication.class)
                .properties("spring.config.name=shop")
                .initializers(new FreshDataDirectory(), new EmbeddedKafkaInitializer())
                .run(
                        "--server.port=0",
                        "--spring.jmx.enabled=false",
                        "--caravan.shop.tour=false",
                        "--caravan.shop.timeline=false",
                        "--caravan.coordinator=log",
                        "--caravan.lra.coordinator.embedded=false",
                        "--camel.main.source-location-enabled=true",
                        "--order.saga.notation=" + notation);
    }

    private static ShopClient client(ConfigurableApplicationContext context) {
        return ShopClient.at(Integer.parseInt(context.getEnvironment().getProperty("local.server.port")));
    }

    private static void takesOrders(ConfigurableApplicationContext context, String source) {
        ShopClient shop = client(context);

        Placed good = shop.place(OrderRequest.of("COFFEE", 2));
        Placed bad = shop.place(OrderRequest.of("OUT-OF-STOCK", 2));

        assertThat(shop.ended(good.sagaId()).status()).isEqualTo("COMPLETED");
        assertThat(shop.ended(bad.sagaId()).status()).isEqualTo("COMPENSATED");
        assertThat(source(context, "order-saga")).contains(source);
    }

    private static void assertUndone(Saga saga, String... compensations) {
        assertThat(saga.status()).isEqualTo("COMPENSATED");
        assertThat(saga.compensations()).containsExactly(compensations);
    }

    private static String source(ConfigurableApplicationContext context, String route) {
        return context.getBean(CamelContext.class).getRoute(route).getSourceLocation();
    }
}
