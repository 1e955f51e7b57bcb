package dev.caravan.saga.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.participant.Inbox;
import dev.caravan.testing.HangLimit;
import dev.caravan.testing.PostgresOfAnyUser;
import dev.caravan.testing.SilentHost;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.jdbc.core.JdbcTemplate;

/** The host of a participant's database vanishes: its connections stay open, and nothing comes over them. */
class DatabaseHostIT {

    /** Its time-outs are those of the services, shorter. */
    private static ApplicationContextRunner application(int port) {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        DataSourceAutoConfiguration.class,
                        DataSourceTransactionManagerAutoConfiguration.class,
                        JdbcTemplateAutoConfiguration.class,
                        ParticipantsAutoConfiguration.class,
                        InboxAutoConfiguration.class))
                .withPropertyValues(
                        "spring.datasource.url=jdbc:postgresql://127.0.0.1:%d/postgres".formatted(port),
                        "spring.datasource.username=postgres",
                        "spring.datasource.hikari.connection-timeout=1000",
                        "spring.datasource.hikari.data-source-properties.connectTimeout=1",
                        "spring.datasource.hikari.data-source-properties.socketTimeout=1");
    }

    private static SagaReply buy(Inbox inbox, String saga, Runnable effect) {
        SagaCommand command =
                new SagaCommand(new SagaId(saga), new Step("BUY", 1), "tickets", "Buy", null, Phase.ACTION);
        try {
            return inbox.handle(command, Inbox.Effect.LOCAL, () -> {
                effect.run();
                return null;
            });
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aCommandFailsWhileItIsAwayAndIsDoneWhenItIsBack() throws Exception {
        try (EmbeddedPostgres postgres = PostgresOfAnyUser.start();
                SilentHost host = SilentHost.before(postgres.getPort())) {
            application(host.port()).run(context -> {
                Inbox inbox = context.getBean(Inbox.class);
                buy(inbox, "saga-1", () -> {});

                assertThat(CompletableFuture.runAsync(() -> buy(inbox, "saga-2", host::fallSilent)))
                        .as("over a connection that is in use")
                        .failsWithin(HangLimit.TIME)
                        .withThrowableOfType(ExecutionException.class);
                assertThat(CompletableFuture.runAsync(() -> buy(inbox, "saga-2", () -> {})))
                        .as("over a new one")
                        .failsWithin(HangLimit.TIME)
                        .withThrowableOfType(ExecutionException.class);

                host.speak();

                await().ignoreExceptions()
                        .until(() -> buy(inbox, "saga-2", () -> {}).status() == SagaReply.Status.SUCCESS);
                assertThat(context.getBean(JdbcTemplate.class)
                                .queryForObject("SELECT COUNT(*) FROM saga_inbox", Integer.class))
                        .isEqualTo(2);
            });
        }
    }
}
