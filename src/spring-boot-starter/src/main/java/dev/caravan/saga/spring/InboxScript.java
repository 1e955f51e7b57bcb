package dev.caravan.saga.spring;

import dev.caravan.saga.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

/**
 * Makes {@code saga_inbox} where it is missing, for who has not added {@code classpath:caravan/inbox} to the locations of
 * Flyway. Where it is there, nothing is asked for but to read it: no right to create anything is needed. Safe on several
 * instances at once.
 */
final class InboxScript {

    private static final Logger LOGGER = LoggerFactory.getLogger(InboxScript.class);
    private static final int ATTEMPTS = 3;
    private static final String SCRIPT = "/caravan/inbox/R__saga_inbox.sql";

    private final DataSource dataSource;
    private final JdbcTemplate jdbc;
    private final @Nullable String schema;
    private final String table;

    /** @param schema unquoted; null: the current one */
    InboxScript(DataSource dataSource, @Nullable String schema) {
        this.dataSource = dataSource;
        this.jdbc = new JdbcTemplate(dataSource);
        this.schema = schema;
        this.table = schema == null ? "saga_inbox" : schema + ".saga_inbox";
    }

    /** @throws IllegalStateException the table is missing and cannot be made, or the database is away */
    void run() {
        for (int attempt = 1; attempt <= ATTEMPTS && !exists(); attempt++) {
            try {
                make();
            } catch (DataAccessException e) {
                failUnlessAnotherMadeIt(attempt, e);
            }
        }
    }

    private void make() {
        new ResourceDatabasePopulator(new ByteArrayResource(statements().getBytes(StandardCharsets.UTF_8)))
                .execute(dataSource);
        LOGGER.info("Made the table {}", table);
    }

    /** PostgreSQL refuses a schema or a table that another instance makes at the same moment: then it is looked at again. */
    private void failUnlessAnotherMadeIt(int attempt, DataAccessException e) {
        if (attempt == ATTEMPTS) {
            throw new IllegalStateException(
                    ("The inbox has no table %s, and it cannot be made: %s. Check spring.datasource.url; or make it"
                                    + " with classpath:caravan/inbox/R__saga_inbox.sql, by hand or by adding"
                                    + " classpath:caravan/inbox to spring.flyway.locations, and set"
                                    + " caravan.participant.create-table=false")
                            .formatted(table, e.getMostSpecificCause().getMessage()),
                    e);
        }
        LOGGER.debug("The table {} was not made: {}", table, Printable.of(e));
    }

    private boolean exists() {
        try {
            jdbc.execute("SELECT 1 FROM " + table + " WHERE 1 = 0");
            return true;
        } catch (DataAccessException e) {
            LOGGER.debug("No table {} yet: {}", table, Printable.of(e));
            return false;
        }
    }

    /** To create one that is there already would need a right, too. */
    private boolean schemaExists(String schema) {
        return jdbc.execute((ConnectionCallback<Boolean>) connection -> {
            boolean found = false;
            try (ResultSet schemas = connection.getMetaData().getSchemas()) {
                while (schemas.next()) {
                    found |= schema.equalsIgnoreCase(schemas.getString("TABLE_SCHEM"));
                }
            }
            return found;
        });
    }

    /** Of the script, with the name of the schema before that of the table. */
    private String statements() {
        try (InputStream in = InboxScript.class.getResourceAsStream(SCRIPT)) {
            String script = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            String schemaFirst =
                    schema == null || schemaExists(schema) ? "" : "CREATE SCHEMA IF NOT EXISTS %s;\n".formatted(schema);
            return schemaFirst + script.replace(" saga_inbox (", " " + table + " (");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
