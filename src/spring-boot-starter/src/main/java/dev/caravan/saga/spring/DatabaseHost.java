package dev.caravan.saga.spring;

import dev.caravan.saga.Printable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds a database whose host may vanish without anybody noticing: who reads from it without a time-out waits until the
 * system gives the connection up, for hours or for ever, and so do the commands behind. Thread-safe.
 */
final class DatabaseHost {

    private static final Logger LOGGER = LoggerFactory.getLogger(DatabaseHost.class);
    private static final Pattern IN_THIS_PROCESS =
            Pattern.compile("jdbc:(sqlite:|h2:(?!tcp:|ssl:)|hsqldb:(?!hsqls?:|https?:)|derby:(?!//)).*");

    private DatabaseHost() {}

    /** Warns of it, and says what to set. Of a database that is away, or a driver that does not tell, it says nothing. */
    static void check(String participant, DataSource dataSource) {
        try (Connection connection = dataSource.getConnection()) {
            String url = connection.getMetaData().getURL();
            if (connection.getNetworkTimeout() == 0
                    && url != null
                    && !IN_THIS_PROCESS.matcher(url).matches()) {
                LOGGER.warn(
                        "Participant {} waits for ever if the host of its database vanishes: its connections have no time-out"
                                + " for reads. Set spring.datasource.hikari.data-source-properties.socketTimeout, for PostgreSQL"
                                + " to 30 (s), for MySQL, MariaDB and SQL Server to 30000 (ms);"
                                + " for Oracle, oracle.jdbc.ReadTimeout (ms)",
                        participant);
            }
        } catch (SQLException | AbstractMethodError e) {
            LOGGER.debug(
                    "Whether the database of participant {} has a time-out is not known",
                    Printable.of(participant),
                    Printable.of(e));
        }
    }
}
