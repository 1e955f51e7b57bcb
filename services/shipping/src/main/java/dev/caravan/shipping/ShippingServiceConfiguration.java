package dev.caravan.shipping;

import dev.caravan.saga.participant.Rejections;
import dev.caravan.saga.spring.ParticipantsAutoConfiguration;
import java.time.Clock;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.jdbc.JdbcClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.PropertySource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** All beans of the shipping service; {@code shipping} is the one that its routes call. */
@AutoConfiguration(after = JdbcClientAutoConfiguration.class, before = ParticipantsAutoConfiguration.class)
@PropertySource("classpath:caravan/participants/shipping-service.properties")
class ShippingServiceConfiguration {

    @Bean
    @ConditionalOnMissingBean
    Clock clock() {
        return Clock.systemUTC();
    }

    /** What the saga is told when the business says no. */
    @Bean("shipping-service.rejections")
    Rejections shippingRejections() {
        return Rejections.none().with(NotShippableException.class, "NOT_SHIPPABLE");
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
