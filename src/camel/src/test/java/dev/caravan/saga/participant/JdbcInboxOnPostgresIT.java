package dev.caravan.saga.participant;

import dev.caravan.testing.PostgresOfAnyUser;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;

class JdbcInboxOnPostgresIT extends JdbcInboxContract {

    private EmbeddedPostgres postgres;

    @Override
    DataSource database() throws IOException {
        if (postgres == null) {
            postgres = PostgresOfAnyUser.start();
        }
        return postgres.getPostgresDatabase();
    }

    @AfterAll
    void stopsPostgres() throws IOException {
        postgres.close();
    }

    @Override
    String useSchema(String schema) {
        return "SET search_path TO " + schema;
    }

    @Override
    String lockTimeout(long milliseconds) {
        return "SET lock_timeout = " + milliseconds;
    }
}
