package dev.caravan.saga.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.message.MessageCodec;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.participant.Inbox;
import dev.caravan.saga.participant.InboxRetention;
import dev.caravan.saga.participant.JdbcInbox;
import dev.caravan.saga.test.ManualTimers;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabase;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseBuilder;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseType;

class InboxHousekeepingTest {

    private final ManualTimers timers = new ManualTimers();
    private final EmbeddedDatabase database = new EmbeddedDatabaseBuilder()
            .setType(EmbeddedDatabaseType.H2)
            .generateUniqueName(true)
            .addScript("caravan/inbox/R__saga_inbox.sql")
            .build();
    private final JdbcTemplate jdbc = new JdbcTemplate(database);
    private final DataSourceTransactionManager transactions = new DataSourceTransactionManager(database);

    @BeforeEach
    void start() {
        InboxRetention there = new InboxRetention(jdbc, transactions, timers.clock(), "missing");
        InboxRetention here = new InboxRetention(jdbc, transactions, timers.clock(), null);
        InboxHousekeeping housekeeping =
                new InboxHousekeeping(timers, Runnable::run, List.of(there), Duration.ofDays(1));
        housekeeping.start();
        housekeeping.add(here);
    }

    @AfterEach
    void stop() {
        database.shutdown();
    }

    private void handle(String saga) throws Exception {
        new JdbcInbox(jdbc, transactions, new MessageCodec(), timers.clock(), null)
                .handle(
                        new SagaCommand(new SagaId(saga), new Step("PAY", 1), "payment", "Pay", null, Phase.ACTION),
                        Inbox.Effect.LOCAL,
                        () -> null);
    }

    private List<String> remembered() {
        return jdbc.queryForList("SELECT saga_id FROM saga_inbox ORDER BY saga_id", String.class);
    }

    @Test
    void forgetsStepsThatAreOldEnoughEveryHourThoughAnotherInboxIsInTrouble() throws Exception {
        handle("first");
        timers.advance(Duration.ofHours(2));
        handle("second");

        timers.advance(Duration.ofHours(22));
        assertThat(remembered()).containsExactly("first", "second");
        timers.advance(Duration.ofHours(1));
        assertThat(remembered()).containsExactly("second");
        timers.advance(Duration.ofHours(2));
        assertThat(remembered()).isEmpty();
    }
}
