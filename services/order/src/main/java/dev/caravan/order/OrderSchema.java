package dev.caravan.order;

import java.sql.DatabaseMetaData;
import java.util.Locale;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.jdbc.support.JdbcUtils;
import org.springframework.jdbc.support.MetaDataAccessException;

/**
 * The tables of this service, in a schema of their own with a migration history of their own, so that other services
 * may share the database.
 */
final class OrderSchema {

    private OrderSchema() {}

    static Flyway migrations(DataSource dataSource) throws MetaDataAccessException {
        return Flyway.configure()
                .dataSource(dataSource)
                .schemas(asStoredBy(dataSource, "orders"))
                .locations("classpath:db/order")
                .load();
    }

    /** Flyway quotes the name, the statements do not: it must be written as the database folds it. */
    private static String asStoredBy(DataSource dataSource, String schema) throws MetaDataAccessException {
        boolean upperCase = JdbcUtils.extractDatabaseMetaData(dataSource, DatabaseMetaData::storesUpperCaseIdentifiers);
        return upperCase ? schema.toUpperCase(Locale.ROOT) : schema;
    }
}
