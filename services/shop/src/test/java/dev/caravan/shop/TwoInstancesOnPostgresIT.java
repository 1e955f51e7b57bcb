package dev.caravan.shop;

import dev.caravan.testing.PostgresOfAnyUser;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

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
