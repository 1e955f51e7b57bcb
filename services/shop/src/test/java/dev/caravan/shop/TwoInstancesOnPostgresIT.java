package dev.caravan.shop;

import dev.caravan.testing.PostgresOfAnyUser;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.junit.jupiter.api.Tag;

@Tag("thorough")
class TwoInstancesOnPostgresIT extends TwoInstancesContract {

    private EmbeddedPostgres postgres;

    @Override
    String startDatabase() throws Exception {
        postgres = PostgresOfAnyUser.start();
        return postgres.getJdbcUrl("postgres", "postgres");
    }

    @Override
    void stopDatabase() throws Exception {
        postgres.close();
    }
}
