package dev.caravan.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.embeddedkafka.LoopbackPorts;
import dev.caravan.testing.HangLimit;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * LRAs in every state meet the same two kills. What became of each is a test of its own; the numbers are those of the
 * defects that Narayana 1.1.0 shows in the same situation.
 */
class RecoveryAfterKillIT {

    private static final int MANY = 40;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path directory;

    private static final Participants PARTICIPANTS = new Participants();
    private static final int PORT = LoopbackPorts.free();
    private static final LraClient CLIENT = new LraClient(PORT);

    private static CoordinatorProcess coordinator;
    private static String closing;
    private static String cancelling;
    private static String ordered;
    private static String renewed;
    private static String expired;
    private static String failed;
    private static List<String> limited;
    private static Duration limit;
    private static Instant limitReached;
    private static Map<String, String> beforeTheKill;
    private static Map<String, String> afterTheKill;

    @BeforeAll
    static void killTheCoordinatorTwice() throws InterruptedException {
        Instant before = Instant.now();
        coordinator = CoordinatorProcess.start(PORT, directory);
        // two more starts and a hundred requests fit in, on this machine as it is now
        Duration start = Duration.between(before, Instant.now());
        limit = start.multipliedBy(8);
        ordered = enlist(Duration.ZERO, "ordered1", "ordered2", "ordered3", "ordered4");
        renewed = enlist(start, "renewed");
        assertThat(CLIENT.renew(renewed, Duration.ofHours(2)).statusCode()).isEqualTo(200);
        failLearnedFromTheStatus();
        limited = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            limited.add(enlist(limit, "limited" + i));
        }
        limitReached = Instant.now().plus(limit);
        closing = enlist(Duration.ZERO, "closing1", "closing2", "closing3");
        CountDownLatch completing = PARTICIPANTS.hang("closing2/complete");
        CompletableFuture.runAsync(() -> CLIENT.close(closing));
        cancelling = enlist(Duration.ZERO, "cancelling1", "cancelling2", "cancelling3");
        CountDownLatch compensating = PARTICIPANTS.hang("cancelling2/compensate");
        CompletableFuture.runAsync(() -> CLIENT.cancel(cancelling));
        expired = enlist(start, "expired");
        assertThat(completing.await(HangLimit.SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(compensating.await(HangLimit.SECONDS, TimeUnit.SECONDS)).isTrue();
        beforeTheKill = CLIENT.list();
        coordinator.kill();

        PARTICIPANTS.answer("closing3/complete", callback -> "503");
        PARTICIPANTS.answer("cancelling3/compensate", callback -> "503");
        coordinator = CoordinatorProcess.start(PORT, directory);
        afterTheKill = CLIENT.list();
        CLIENT.join(ordered, PARTICIPANTS.link("ordered5", "compensate", "complete"));
        coordinator.kill();

        PARTICIPANTS.answer("closing3/complete", callback -> "200");
        PARTICIPANTS.answer("cancelling3/compensate", callback -> "200");
        coordinator = CoordinatorProcess.start(PORT, directory);
    }

    @AfterAll
    static void nothingIsLeft() {
        try {
            await().untilAsserted(() -> assertThat(CLIENT.list().keySet())
                    .doesNotContainAnyElementsOf(List.of(closing, cancelling, expired, failed))
                    .doesNotContainAnyElementsOf(limited));
        } finally {
            coordinator.close();
            PARTICIPANTS.close();
        }
    }

    /** B1: it stays Closing for ever, and the participants are never called again. */
    @Test
    void completesAnLraThatWasKilledBetweenTwoCompletions() {
        await().until(() -> CLIENT.status(closing).statusCode() == 404);

        assertThat(PARTICIPANTS.calls("closing").stream().distinct())
                .containsExactly("closing3/complete", "closing2/complete", "closing1/complete");
    }

    @Test
    void compensatesAnLraThatWasKilledBetweenTwoCompensations() {
        await().until(() -> CLIENT.status(cancelling).statusCode() == 404);

        assertThat(PARTICIPANTS.calls("cancelling").stream().distinct())
                .containsExactly("cancelling3/compensate", "cancelling2/compensate", "cancelling1/compensate");
    }

    /** B2: the order is turned round by each restart. */
    @Test
    void compensatesInReverseOrderOfEnlistmentAfterTwoRestarts() {
        assertThat(CLIENT.cancel(ordered).body()).isEqualTo("Cancelled");

        assertThat(PARTICIPANTS.calls("ordered"))
                .containsExactly(
                        "ordered5/compensate",
                        "ordered4/compensate",
                        "ordered3/compensate",
                        "ordered2/compensate",
                        "ordered1/compensate");
    }

    /** B3: a copy that recovery made compensates the closed LRA when its time limit comes. */
    @Test
    void doesNotCompensateAClosedLraWhenItsTimeLimitComes() {
        for (String lra : limited) {
            assertThat(CLIENT.close(lra).body()).isEqualTo("Closed");
        }
        assertThat(Instant.now()).as("closed in time").isBefore(limitReached);

        await().atMost(limit.plus(HangLimit.TIME)).until(() -> Instant.now().isAfter(limitReached.plusSeconds(1)));

        assertThat(PARTICIPANTS.calls("limited")).hasSize(MANY).allMatch(call -> call.endsWith("/complete"));
    }

    /** B4: the renewed limit is in memory only, and the LRA is cancelled at the old one. */
    @Test
    void keepsARenewedTimeLimit() {
        assertThat(CLIENT.status(renewed).body()).isEqualTo("Active");
        assertThat(PARTICIPANTS.calls("renewed")).isEmpty();
        assertThat(CLIENT.close(renewed).body()).isEqualTo("Closed");
        assertThat(PARTICIPANTS.calls("renewed")).containsExactly("renewed/complete");
    }

    /** B5: every LRA is 404 until the first recovery pass. */
    @Test
    void knowsEveryLraAsSoonAsItIsReady() {
        assertThat(afterTheKill.keySet()).containsAll(limited).contains(ordered, renewed, closing, cancelling);
        assertThat(beforeTheKill.keySet()).containsAll(afterTheKill.keySet());
    }

    @Test
    void cancelsAnLraWhoseTimeLimitPassedWhileNoCoordinatorRan() {
        await().until(() -> CLIENT.status(expired).statusCode() == 404);

        assertThat(PARTICIPANTS.calls("expired")).isNotEmpty().allMatch("expired/compensate"::equals);
    }

    /** B6: a failure that the status callback told is not among the failed ones, and no failed one can be deleted. */
    @Test
    void listsAFailedLraAndDeletesItOnDemand() {
        assertThat(CLIENT.failed()).containsEntry(failed, "FailedToCancel");
        assertThat(CLIENT.list()).doesNotContainKey(failed);

        assertThat(CLIENT.deleteFailed(failed).statusCode()).isEqualTo(204);

        assertThat(CLIENT.failed()).isEmpty();
    }

    private static void failLearnedFromTheStatus() {
        PARTICIPANTS.answer("failed/compensate", callback -> "202");
        PARTICIPANTS.answer("failed/status", callback -> "200 FailedToCompensate");
        failed = CLIENT.start();
        CLIENT.join(failed, PARTICIPANTS.link("failed", "compensate", "status"));
        assertThat(CLIENT.cancel(failed).body()).isEqualTo("Cancelling");
        await().until(() -> CLIENT.failed().containsKey(failed));
    }

    private static String enlist(Duration limit, String... names) {
        String lra = CLIENT.start(limit);
        for (String name : names) {
            assertThat(CLIENT.join(lra, PARTICIPANTS.link(name, "compensate", "complete"))
                            .statusCode())
                    .isEqualTo(200);
        }
        return lra;
    }
}
