package dev.caravan.shipping;

import dev.caravan.saga.message.MessageCodec;
import dev.caravan.saga.participant.Inbox;
import dev.caravan.saga.participant.InboxRetention;
import dev.caravan.saga.participant.JdbcInbox;
import dev.caravan.saga.participant.Rejections;
import dev.caravan.saga.spring.ParticipantSchema;
import java.time.Clock;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.JdbcClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;

/** All beans of the shipping service; {@code shipping} is the one that its routes call. */
@AutoConfiguration(after = JdbcClientAutoConfiguration.class, before = FlywayAutoConfiguration.class)
class ShippingServiceConfiguration {

    @Bean
    @ConditionalOnMissingBean
    Clock clock() {
        return Clock.systemUTC();
    }

    /** Spring Boot lets everything that uses JDBC wait for it. */
    @Bean(initMethod = "migrate")
    Flyway shippingFlyway(DataSource dataSource) {
        return ParticipantSchema.migrations(dataSource, "shipping", "classpath:db/shipping");
    }

    @Bean("shipping-service.inbox")
    Inbox shippingInbox(JdbcOperations jdbc, PlatformTransactionManager transactionManager, Clock clock) {
        return new JdbcInbox(jdbc, transactionManager, new MessageCodec(), clock, "shipping");
    }

    /** What the saga is told when the business says no. */
    @Bean("shipping-service.rejections")
    Rejections shippingRejections() {
        return Rejections.none().with(NotShippableException.class, "NOT_SHIPPABLE");
    }

    @Bean
    InboxRetention shippingInboxRetention(
            JdbcOperations jdbc, PlatformTransactionManager transactionManager, Clock clock) {
        return new InboxRetention(jdbc, transactionManager, clock, "shipping");
    }

    @Bean
    ShipmentRepository shipmentRepository(JdbcClient jdbc) {
        return new ShipmentRepository(jdbc);
    }

    @Bean
    Shipping shipping(ShipmentRepository shipments, Clock clock) {
        return new Shipping(shipments, clock);
    }

    @Bean
    ShipmentController shipmentController(ShipmentRepository shipments) {
        return new ShipmentController(shipments);
    }
}
