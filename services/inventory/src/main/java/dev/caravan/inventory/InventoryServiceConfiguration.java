package dev.caravan.inventory;

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

/** All beans of the inventory service; {@code inventory} is the one that its routes call. */
@AutoConfiguration(after = JdbcClientAutoConfiguration.class, before = FlywayAutoConfiguration.class)
class InventoryServiceConfiguration {

    @Bean
    @ConditionalOnMissingBean
    Clock clock() {
        return Clock.systemUTC();
    }

    /** Spring Boot lets everything that uses JDBC wait for it. */
    @Bean(initMethod = "migrate")
    Flyway inventoryFlyway(DataSource dataSource) {
        return ParticipantSchema.migrations(dataSource, "inventory", "classpath:db/inventory");
    }

    @Bean("inventory-service.inbox")
    Inbox inventoryInbox(JdbcOperations jdbc, PlatformTransactionManager transactionManager, Clock clock) {
        return new JdbcInbox(jdbc, transactionManager, new MessageCodec(), clock, "inventory");
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
    InboxRetention inventoryInboxRetention(
            JdbcOperations jdbc, PlatformTransactionManager transactionManager, Clock clock) {
        return new InboxRetention(jdbc, transactionManager, clock, "inventory");
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
