package dev.caravan.shop;

import dev.caravan.testing.PostgresOfAnyUser;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Actions that wait for each other share a transaction here; on H2, each has its own. */
@DirtiesContext
@Tag("thorough")
class ReplayedCommandsOnPostgresIT extends ReplayedCommandsContract {

    private static EmbeddedPostgres postgres;

    @DynamicPropertySource
    static void database(DynamicPropertyRegistry properties) throws IOException {
        postgres = PostgresOfAnyUser.start();
        properties.add("caravan.participant.batch-size", () -> 8);
        properties.add("spring.datasource.url", () -> postgres.getJdbcUrl("postgres", "postgres"));
    }

    @Override
    void stopDatabase() throws IOException {
        postgres.close();
    }
}
