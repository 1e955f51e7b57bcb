package dev.caravan.saga.spring;

import java.sql.DatabaseMetaData;
import java.util.Locale;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.support.JdbcUtils;
import org.springframework.jdbc.support.MetaDataAccessException;

/**
 * The tables of one participant and its inbox, in a schema of their own with a migration history of their own, so that
 * several participants may share a database.
 */
public final class ParticipantSchema {

    private ParticipantSchema() {}

    /**
     * @param schema created if it is not there
     * @param location of the participant's own migrations, for instance {@code classpath:db/payment}
     * @throws IllegalStateException the database cannot be reached
     */
    public static Flyway migrations(DataSource dataSource, String schema, @Nullable String location) {
        return Flyway.configure()
                .dataSource(dataSource)
                .schemas(asStoredBy(dataSource, schema))
                .locations(location, "classpath:caravan/inbox")
                .load();
    }

    /** Flyway quotes the name, the statements do not: it must be written as the database folds it. */
    private static String asStoredBy(DataSource dataSource, String schema) {
        try {
            boolean upperCase =
                    JdbcUtils.extractDatabaseMetaData(dataSource, DatabaseMetaData::storesUpperCaseIdentifiers);
            return upperCase ? schema.toUpperCase(Locale.ROOT) : schema;
        } catch (MetaDataAccessException e) {
            Throwable cause = e.getMostSpecificCause();
            throw new IllegalStateException(
                    "The database of schema %s cannot be opened: %s. Check spring.datasource.url"
                            .formatted(schema, cause.getMessage()),
                    e);
        }
    }
}
