package dev.caravan.shop.crash;

import dev.caravan.embeddedkafka.LoopbackPorts;
import dev.caravan.testing.PostgresOfAnyUser;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;

/** PostgreSQL, on its port and its data whenever it starts. */
final class Postgres implements AutoCloseable {

    private final int port = LoopbackPorts.free();
    private final Path data;
    private EmbeddedPostgres postgres;

    /** @param data below a directory that anybody may enter */
    Postgres(Path data) {
        this.data = data;
        start();
    }

    void start() {
        try {
            postgres = PostgresOfAnyUser.startOn(data, builder -> builder.setPort(port));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void stop() {
        try {
            postgres.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean takesConnections() {
        try (Connection connection = dataSource().getConnection()) {
            return connection.isValid(0);
        } catch (SQLException e) {
            return false;
        }
    }

    DataSource dataSource() {
        return postgres.getPostgresDatabase();
    }

    List<String> settings() {
        return List.of(
                "--spring.datasource.url=jdbc:postgresql://127.0.0.1:" + port + "/postgres",
                "--spring.datasource.username=postgres");
    }

    @Override
    public void close() {
        stop();
    }
}
