package dev.caravan.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.shop.ShopClient.Placed;
import org.apache.camel.CamelContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The shop runs the order saga in the notation that is chosen. All other tests run it in XML. */
class OrderNotationIT {

    @ParameterizedTest
    @CsvSource({"java, OrderSaga.java", "yaml, order-saga.camel.yaml"})
    void takesOrders(String notation, String source) {
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(ShopApplication.class)
                .properties("spring.config.name=shop")
                .initializers(new FreshDataDirectory(), new EmbeddedKafkaInitializer())
                .run(
                        "--server.port=0",
                        "--spring.jmx.enabled=false",
                        "--caravan.shop.tour=false",
                        "--caravan.shop.timeline=false",
                        "--caravan.coordinator=log",
                        "--caravan.lra.coordinator.embedded=false",
                        "--camel.main.routes-include-pattern=classpath:caravan/participants/*.camel.xml",
                        "--camel.main.source-location-enabled=true",
                        "--order.saga.notation=" + notation)) {
            ShopClient shop =
                    ShopClient.at(Integer.parseInt(context.getEnvironment().getProperty("local.server.port")));

            Placed good = shop.place(OrderRequest.of("COFFEE", 2));
            Placed bad = shop.place(OrderRequest.of("OUT-OF-STOCK", 2));

            assertThat(shop.ended(good.sagaId()).status()).isEqualTo("COMPLETED");
            assertThat(shop.ended(bad.sagaId()).status()).isEqualTo("COMPENSATED");
            assertThat(context.getBean(CamelContext.class)
                            .getRoute("order-saga")
                            .getSourceLocation())
                    .contains(source);
        }
    }
}
