package dev.caravan.shop;

import dev.caravan.order.CardTokens;
import dev.caravan.payment.SandboxCardToken;
import java.util.concurrent.CompletableFuture;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcOperations;

/** What the shop adds to its parts. */
@Configuration(proxyBeanMethods = false)
class ShopConfiguration {

    /** A process that has participants only needs none. */
    @Bean
    @ConditionalOnExpression("!'none'.equalsIgnoreCase('${caravan.coordinator:lra}')")
    OrderSagaRoutes orderSagaRoutes(@Value("${order.saga.notation}") OrderNotation notation) {
        return new OrderSagaRoutes(notation);
    }

    /** The sandbox is in this process, and is asked without a request. */
    @Bean
    @ConditionalOnExpression(
            "${caravan.payment.gateway.sandbox:false} and '${caravan.payment.gateway.url:}${caravan.orders.gateway-url:}'.isBlank()")
    CardTokens cardTokens() {
        return card -> CompletableFuture.completedFuture(SandboxCardToken.of(card));
    }

    /** Uses the connection that has just committed: another one may not be free. */
    @Bean
    @ConditionalOnExpression("'${spring.datasource.url:}'.startsWith('jdbc:h2:file:')")
    GroupCommit groupCommit(JdbcOperations jdbc) {
        return new GroupCommit(() -> jdbc.execute("CHECKPOINT"));
    }

    @Bean
    @ConditionalOnProperty(name = "caravan.shop.timeline", havingValue = "true")
    ConsoleTimeline consoleTimeline() {
        return new ConsoleTimeline(System.out);
    }

    @Bean
    @ConditionalOnProperty(name = "caravan.shop.tour", havingValue = "true")
    Tour tour(ServletWebServerApplicationContext context) {
        return new Tour(() -> context.getWebServer().getPort(), System.out);
    }
}
