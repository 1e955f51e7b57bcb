package dev.caravan.inventory;

import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.JdbcClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.MetaDataAccessException;

/** All beans of the inventory service; {@code inventory} is the one that its routes call. */
@AutoConfiguration(after = JdbcClientAutoConfiguration.class, before = FlywayAutoConfiguration.class)
class InventoryServiceConfiguration {

    /** Spring Boot lets everything that uses JDBC wait for it. */
    @Bean(initMethod = "migrate")
    Flyway inventoryFlyway(DataSource dataSource) throws MetaDataAccessException {
        return InventorySchema.migrations(dataSource);
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
