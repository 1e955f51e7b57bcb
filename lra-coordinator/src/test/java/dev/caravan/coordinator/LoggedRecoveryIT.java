package dev.caravan.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import dev.caravan.embeddedkafka.LoopbackPorts;
import dev.caravan.testing.HangLimit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * LRAs in every state meet the kill of the instance that calls their participants, and another one has them then. What
 * became of each is a test of its own.
 */
class LoggedRecoveryIT {

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path directory;

    private static final Participants PARTICIPANTS = new Participants();
    private static final int PORT = LoopbackPorts.free();
    private static final int OTHER_PORT = LoopbackPorts.free();
    private static final LraClient CLIENT = new LraClient(PORT);
    private static final LraClient OTHER = new LraClient(OTHER_PORT);

    private static EmbeddedKafka kafka;
    private static CoordinatorProcess other;
    private static String closing;
    private static String cancelling;
    private static String active;
    private static String expiring;
    private static String asked;

    @BeforeAll
    static void killTheOneThatCalls() throws InterruptedException {
        kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory.resolve("kafka")));
        CoordinatorProcess owner = start(PORT);
        closing = enlist(Duration.ZERO, "closing1", "closing2", "closing3");
        other = start(OTHER_PORT);
        cancelling = enlist(Duration.ZERO, "cancelling1", "cancelling2", "cancelling3");
        asked = enlist(Duration.ZERO, "asked1", "asked2");
        active = enlist(Duration.ZERO, "active1", "active2");
        expiring = enlist(Duration.ofMinutes(5), "expiring");
        CountDownLatch completing = PARTICIPANTS.hang("closing3/complete");
        CompletableFuture.runAsync(() -> CLIENT.close(closing));
        CountDownLatch compensating = PARTICIPANTS.hang("cancelling2/compensate");
        CompletableFuture.runAsync(() -> CLIENT.cancel(cancelling));
        PARTICIPANTS.answer("asked2/compensate", callback -> "503");
        assertThat(CLIENT.cancel(asked).body()).isEqualTo("Cancelling");
        assertThat(completing.await(HangLimit.SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(compensating.await(HangLimit.SECONDS, TimeUnit.SECONDS)).isTrue();
        CLIENT.join(active, PARTICIPANTS.link("active3", "compensate", "complete"));
        owner.kill();
        PARTICIPANTS.answer("asked2/compensate", callback -> "200");
    }

    private static CoordinatorProcess start(int port) {
        return CoordinatorProcess.start(
                port,
                directory,
                "--caravan.lra.coordinator.kind=log",
                "--caravan.lra.coordinator.log.partitions=1", // the first has them all
                "--caravan.lra.coordinator.log.kafka.bootstrap.servers=" + kafka.bootstrapServers(),
                "--caravan.lra.coordinator.log.kafka.session.timeout.ms=6000");
    }

    private static String enlist(Duration limit, String... participants) {
        String lra = CLIENT.start(limit);
        for (String name : participants) {
            assertThat(CLIENT.join(lra, PARTICIPANTS.link(name, "compensate", "complete"))
                            .statusCode())
                    .isEqualTo(200);
        }
        return lra;
    }

    /** The same LRA, asked at the instance that goes on. */
    private static String there(String lra) {
        return lra.replace(":" + PORT + "/", ":" + OTHER_PORT + "/");
    }

    @AfterAll
    static void stop() {
        other.close();
        kafka.close();
        PARTICIPANTS.close();
    }

    private static void awaitTheEnd(String lra) {
        await().until(() -> OTHER.status(there(lra)).statusCode() == 404);
    }

    @Test
    void completesWhatWasDecidedAndNotYetCalled() {
        awaitTheEnd(closing);

        assertThat(PARTICIPANTS.calls("closing"))
                .containsExactly("closing3/complete", "closing3/complete", "closing2/complete", "closing1/complete");
    }

    @Test
    void compensatesTheOthersAndNobodyAgainWhoseAnswerWasWritten() {
        awaitTheEnd(cancelling);

        assertThat(PARTICIPANTS.calls("cancelling"))
                .containsExactly(
                        "cancelling3/compensate",
                        "cancelling2/compensate",
                        "cancelling2/compensate",
                        "cancelling1/compensate");
    }

    @Test
    void callsThoseAgainThatSaidNotYet() {
        awaitTheEnd(asked);

        assertThat(PARTICIPANTS.calls("asked").stream().distinct())
                .containsExactly("asked2/compensate", "asked1/compensate");
    }

    @Test
    void goesOnWithWhatWasNotDecided() {
        assertThat(OTHER.status(there(active)).body()).isEqualTo("Active");
        assertThat(PARTICIPANTS.calls("active")).isEmpty();

        assertThat(OTHER.cancel(there(active)).body()).isEqualTo("Cancelled");

        assertThat(PARTICIPANTS.calls("active"))
                .isEqualTo(List.of("active3/compensate", "active2/compensate", "active1/compensate"));
    }

    @Test
    void keepsTimeLimits() {
        assertThat(OTHER.status(there(expiring)).body()).isEqualTo("Active");
        assertThat(OTHER.renew(there(expiring), Duration.ofMinutes(6)).statusCode())
                .isEqualTo(200);
        assertThat(OTHER.close(there(expiring)).body()).isEqualTo("Closed");
    }
}
