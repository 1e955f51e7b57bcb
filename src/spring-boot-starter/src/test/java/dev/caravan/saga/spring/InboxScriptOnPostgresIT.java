package dev.caravan.saga.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.caravan.testing.HangLimit;
import dev.caravan.testing.PostgresOfAnyUser;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

class InboxScriptOnPostgresIT {

    private static final String WAITING = "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";

    private static EmbeddedPostgres postgres;
    private static JdbcTemplate owner;

    @BeforeAll
    static void startPostgres() throws IOException {
        postgres = PostgresOfAnyUser.start();
        owner = new JdbcTemplate(postgres.getPostgresDatabase());
    }

    @AfterAll
    static void stopPostgres() throws IOException {
        postgres.close();
    }

    private static boolean exists(String table) {
        return owner.queryForObject("SELECT to_regclass(?) IS NOT NULL", Boolean.class, table);
    }

    @Test
    void makesTheTableInItsSchemaAndIndexesItOnce() {
        new InboxScript(owner.getDataSource(), "tickets").run();
        new InboxScript(owner.getDataSource(), "tickets").run();

        assertThat(exists("tickets.saga_inbox")).isTrue();
        assertThat(exists("tickets.saga_inbox_created_at")).isTrue();
        assertThat(exists("public.saga_inbox_created_at")).isFalse();
    }

    @Test
    void goesOnWhenAnotherInstanceMakesTheSchemaAtTheSameMoment() throws Exception {
        CompletableFuture<Void> script;
        try (Connection other = owner.getDataSource().getConnection()) {
            other.setAutoCommit(false);
            other.createStatement().execute("CREATE SCHEMA together");
            script = CompletableFuture.runAsync(() -> new InboxScript(owner.getDataSource(), "together").run());
            await().until(() -> owner.queryForObject(WAITING, Integer.class) > 0);
            other.commit();
        }

        assertThat(script).succeedsWithin(HangLimit.TIME);
        assertThat(exists("together.saga_inbox")).isTrue();
    }

    /** PostgreSQL asks for the right before it looks whether the table is there. */
    @Test
    void aUserWhoMayCreateNothingFindsTheTableOrSaysWhatToDo() {
        owner.execute("CREATE USER clerk");
        owner.execute("CREATE SCHEMA clerks");
        owner.execute("GRANT USAGE ON SCHEMA clerks TO clerk");
        DataSource clerk = postgres.getDatabase("clerk", "postgres");
        InboxScript script = new InboxScript(clerk, "clerks");

        assertThatThrownBy(script::run)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("permission denied for schema clerks")
                .hasMessageContaining("caravan.participant.create-table=false");

        new InboxScript(owner.getDataSource(), "clerks").run();
        owner.execute("GRANT SELECT ON clerks.saga_inbox TO clerk");
        script.run();
    }
}
