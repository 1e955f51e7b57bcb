package dev.caravan.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** Participants that are slow, hang, fail, or want to know how it ended. */
class LateParticipantsTest {

    private static final int LRAS = 100; // far more than there are recovery threads

    @TempDir
    Path store;

    private final Participants participants = new Participants();
    private final Participants hanging = new Participants();
    private ConfigurableApplicationContext application;
    private LraClient client;

    @BeforeEach
    void start() {
        start("--caravan.lra.coordinator.participant-timeout=1s");
    }

    private void startAgain(String... settings) {
        application.close();
        start(settings);
    }

    private void start(String... settings) {
        application = new SpringApplicationBuilder(LraCoordinatorApplication.class)
                .properties("spring.config.name=lra-coordinator", "caravan.lra.coordinator.give-up-after=10m")
                .properties(
                        "server.port=0",
                        "caravan.lra.coordinator.recovery-threads=4",
                        "caravan.lra.coordinator.recovery-period=1h",
                        "caravan.lra.coordinator.recovery-max-delay=1h",
                        "caravan.lra.coordinator.store-dir=" + store)
                .run(settings);
        client = new LraClient(
                ((WebServerApplicationContext) application).getWebServer().getPort());
    }

    @AfterEach
    void stop() {
        application.close();
        participants.close();
        hanging.close();
    }

    private void slow() {
        participants.answer("slow/compensate", callback -> "202");
        participants.answer("slow/status", callback -> "200 Compensating");
    }

    @Test
    void asksAParticipantAgainSoonThatWasNotDone() {
        slow();
        String lra = client.start();
        client.join(lra, participants.link("slow", "compensate", "status"));
        assertThat(client.cancel(lra).body()).isEqualTo("Cancelling");
        participants.answer("slow/status", callback -> "200 Compensated");

        await().pollInterval(Duration.ofMillis(20))
                .until(() -> client.status(lra).statusCode() == 404);

        assertThat(participants.calls()).containsOnlyOnce("slow/compensate");
    }

    /** Nobody else asks it again: the next time is in an hour. */
    @Test
    void asksAParticipantAtOnceThatSaysItIsDone() {
        startAgain(
                "--caravan.lra.coordinator.recovery-first-delay=1h",
                "--caravan.lra.coordinator.participant-timeout=5m");
        slow();
        String lra = client.start();
        client.join(lra, participants.link("slow", "compensate", "status"));
        assertThat(client.cancel(lra).body()).isEqualTo("Cancelling");
        participants.answer("slow/status", callback -> "200 Compensated");

        client.cancel(lra);

        await().until(() -> client.status(lra).statusCode() == 404);
    }

    @Test
    void holdsNobodyUpForAHostThatHangs() {
        CountDownLatch end = new CountDownLatch(1);
        hanging.answer("hanging/compensate", callback -> {
            end.await();
            return "200";
        });
        List<String> held = new ArrayList<>();
        for (int i = 0; i < LRAS; i++) {
            String lra = client.start();
            client.join(lra, hanging.link("hanging", "compensate"));
            held.add(lra);
        }
        List<CompletableFuture<?>> cancels = new ArrayList<>();
        held.forEach(lra -> cancels.add(CompletableFuture.runAsync(() -> client.cancel(lra))));
        cancels.forEach(CompletableFuture::join);
        int before = hanging.calls().size();
        slow();
        String other = client.start();
        client.join(other, participants.link("slow", "compensate", "status"));
        assertThat(client.cancel(other).body()).isEqualTo("Cancelling");
        participants.answer("slow/status", callback -> "200 Compensated");

        await().until(() -> client.status(other).statusCode() == 404);

        assertThat(hanging.calls().size() - before)
                .as("calls before it that each held a thread for a second")
                .isLessThan(LRAS / 2);
        assertThat(client.list()).hasSize(LRAS);
        end.countDown();
        hanging.answer("hanging/compensate", callback -> "200");
        await().until(() -> client.list().isEmpty());
    }

    @Test
    void givesUpAParticipantThatNeverEnds() {
        startAgain("--caravan.lra.coordinator.give-up-after=3s");
        participants.answer("never/compensate", callback -> "503");
        String lra = client.start();
        client.join(lra, participants.link("one", "compensate"));
        client.join(lra, participants.link("never", "compensate"));
        assertThat(client.cancel(lra).body()).isEqualTo("Cancelling");

        await().until(() -> client.failed().containsKey(lra));

        assertThat(client.failed()).containsEntry(lra, "FailedToCancel");
        assertThat(client.list()).isEmpty();
        int calls = participants.calls("never").size();
        assertThat(calls).isBetween(1, 8); // after 0, 100, 300, 700, 1500, 3100 ms at the earliest
        assertThat(participants.calls("one")).containsExactly("one/compensate");
        assertThat(participants.calls()).endsWith("never/compensate", "one/compensate");
        assertThat(client.deleteFailed(lra).statusCode()).isEqualTo(204);
        assertThat(client.failed()).isEmpty();
    }

    @Test
    void tellsAListenerHowTheLraEndedUntilItAnswers() {
        AtomicInteger tells = new AtomicInteger();
        List<String> told = new ArrayList<>();
        participants.answer("one/after", callback -> {
            told.add(participants.body(callback));
            return tells.incrementAndGet() < 3 ? "503" : "200";
        });
        for (int i : IntStream.range(0, 2).toArray()) {
            String lra = client.start();
            tells.set(0);
            told.clear();
            client.join(lra, participants.link("one", "compensate", "complete", "after"));
            client.join(lra, participants.link("two", "compensate", "complete"));
            if (i == 0) {
                client.close(lra);
            } else {
                client.cancel(lra);
            }
            await().until(() -> client.status(lra).statusCode() == 404);
            assertThat(told).hasSizeGreaterThanOrEqualTo(3).containsOnly(i == 0 ? "Closed" : "Cancelled");
        }
    }

    @Test
    void tellsAListenerThatTheLraFailed() {
        List<String> told = new ArrayList<>();
        participants.answer("one/after", callback -> {
            told.add(participants.body(callback));
            return "200";
        });
        participants.answer("two/compensate", callback -> "500 FailedToCompensate");
        String lra = client.start();
        client.join(lra, participants.link("one", "compensate", "after"));
        client.join(lra, participants.link("two", "compensate"));

        client.cancel(lra);

        await().until(() -> client.failed().containsKey(lra));
        assertThat(client.failed()).containsEntry(lra, "FailedToCancel");
        assertThat(client.status(lra).body()).isEqualTo("FailedToCancel");
        assertThat(client.status(lra + "0").statusCode()).isEqualTo(404);
        assertThat(told).isNotEmpty().containsOnly("FailedToCancel");
    }

    @Test
    void refusesASecondCoordinatorInTheSameJvm() {
        LraCoordinatorProperties settings = application.getBean(LraCoordinatorProperties.class);

        assertThatThrownBy(() -> new LraCoordinator(settings, Clock.systemUTC(), () -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("only one at a time");
    }
}
