package dev.caravan.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An H2 that has closed itself under a pool whose connections are always in use. */
class ClosedDatabaseTest {

    private static final int SIZE = 4;

    @TempDir
    private Path directory;

    private String url() {
        return "jdbc:h2:file:" + directory.resolve("shop");
    }

    private HikariDataSource pool() {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(url());
        pool.setMaximumPoolSize(SIZE);
        pool.setExceptionOverrideClassName(ClosedDatabase.class.getName());
        return pool;
    }

    @Test
    void eachConnectionToItFailsOnceAtMost() throws SQLException {
        try (HikariDataSource pool = pool()) {
            close(pool);

            for (int connection = 0; connection < SIZE; connection++) {
                read(pool);
            }

            assertThat(read(pool)).isTrue();
        }
    }

    /** What H2 says of a statement says nothing of its connection. */
    @Test
    void aConnectionStaysWhenAStatementIsWrong() throws SQLException {
        try (HikariDataSource pool = pool();
                Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute("select nothing")).isInstanceOf(SQLException.class);

            assertThat(connection.isClosed()).isFalse();
        }
    }

    private void close(HikariDataSource pool) throws SQLException {
        List<Connection> all = new ArrayList<>();
        for (int i = 0; i < SIZE; i++) {
            all.add(pool.getConnection());
        }
        for (Connection connection : all) {
            connection.close();
        }
        Connection last = DriverManager.getConnection(url());
        last.createStatement().execute("shutdown immediately");
        assertThat(last.isClosed()).isTrue();
    }

    private static boolean read(HikariDataSource pool) {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            return statement.execute("select 1");
        } catch (SQLException closed) {
            return false;
        }
    }
}
