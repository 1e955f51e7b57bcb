package dev.caravan.inventory;

import dev.caravan.saga.participant.Rejections;
import dev.caravan.saga.spring.ParticipantsAutoConfiguration;
import java.time.Clock;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.jdbc.JdbcClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.PropertySource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** All beans of the inventory service; {@code inventory} is the one that its routes call. */
@AutoConfiguration(after = JdbcClientAutoConfiguration.class, before = ParticipantsAutoConfiguration.class)
@PropertySource("classpath:caravan/participants/inventory-service.properties")
class InventoryServiceConfiguration {

    @Bean
    @ConditionalOnMissingBean
    Clock clock() {
        return Clock.systemUTC();
    }

    /** What the saga is told when the business says no. */
    @Bean("inventory-service.rejections")
    Rejections inventoryRejections() {
        return Rejections.none()
                .with(OutOfStockException.class, "OUT_OF_STOCK")
                .with(UnknownProductException.class, "UNKNOWN_PRODUCT")
                .with(ReservedByAnotherException.class, "RESERVED_BY_ANOTHER");
    }

    @Bean
    StockRepository stockRepository(JdbcClient jdbc) {
        return new StockRepository(jdbc);
    }

    @Bean
    ReservationRepository reservationRepository(JdbcClient jdbc) {
        return new ReservationRepository(jdbc);
    }

    @Bean
    Inventory inventory(StockRepository stock, ReservationRepository reservations) {
        return new Inventory(stock, reservations);
    }

    @Bean
    StockController stockController(StockRepository stock) {
        return new StockController(stock);
    }
}
