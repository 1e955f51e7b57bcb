package dev.caravan.order;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.caravan.saga.participant.Rejections;
import dev.caravan.saga.spring.ParticipantsAutoConfiguration;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Info;
import java.time.Clock;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.jackson.JacksonAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.JdbcClientAutoConfiguration;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.PropertySource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.unit.DataSize;

/** All beans of the order service; {@code orders} is the one that its routes call. */
@AutoConfiguration(
        after = {JdbcClientAutoConfiguration.class, JacksonAutoConfiguration.class},
        before = ParticipantsAutoConfiguration.class)
@PropertySource("classpath:caravan/participants/order-service.properties")
class OrderServiceConfiguration {

    /** That of the payment service on this machine. */
    private static final String SANDBOX = "http://localhost:8082/sandbox/gateway";

    @Bean
    @ConditionalOnMissingBean
    Clock clock() {
        return Clock.systemUTC();
    }

    /** What the saga is told when the business says no. */
    @Bean("order-service.rejections")
    Rejections orderRejections() {
        return Rejections.none()
                .with(UnknownProductException.class, "UNKNOWN_PRODUCT")
                .with(OrderExistsException.class, "ORDER_EXISTS");
    }

    @Bean
    OrderRepository orderRepository(JdbcClient jdbc) {
        return new OrderRepository(jdbc);
    }

    @Bean
    ProductRepository productRepository(JdbcClient jdbc) {
        return new ProductRepository(jdbc);
    }

    @Bean
    Orders orders(OrderRepository orders, ProductRepository products, Clock clock) {
        return new Orders(orders, products, clock);
    }

    /** Where the payment service is in this process too, it knows how to. */
    @Bean
    @ConditionalOnMissingBean
    CardTokens cardTokens(
            @Value("${caravan.orders.gateway-url:${caravan.payment.gateway.url:}}") String gateway,
            @Value("${caravan.payment.gateway.timeout:15s}") Duration timeout,
            ObjectMapper json) {
        return new HttpCardTokens(gateway.isBlank() ? SANDBOX : gateway, timeout, json);
    }

    @Bean
    OrderController orderController(
            ProductRepository products,
            OrderRepository orders,
            ObjectProvider<OrderSagas> sagas,
            CardTokens cards,
            @Value("${caravan.orders.start-timeout:10s}") Duration startTimeout) {
        OrderSagas present = sagas.getIfAvailable(NoOrderSagas::new);
        return new OrderController(
                new PriceList(products), new OrderPlacement(cards, present, startTimeout), orders, present);
    }

    @Bean
    OrderProblems orderProblems() {
        return new OrderProblems();
    }

    @Bean
    FilterRegistrationBean<BodyLimit> orderBodyLimit(
            @Value("${caravan.orders.max-body:64KB}") DataSize limit, ObjectMapper json) {
        FilterRegistrationBean<BodyLimit> filter = new FilterRegistrationBean<>(new BodyLimit(limit, json));
        filter.addUrlPatterns("/api/orders");
        return filter;
    }

    @Bean
    @ConditionalOnMissingBean
    OpenAPI openApi() {
        return new OpenAPI()
                .info(new Info()
                        .title("Orders")
                        .version("1")
                        .description(
                                "Places orders and shows what has become of them. An order is carried out by a saga"
                                        + " over the payment, inventory and shipping services: either all of it happens, or"
                                        + " what has happened is undone."));
    }
}
