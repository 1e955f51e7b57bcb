package dev.caravan.travel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.testing.HangLimit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A trip over four applications in four processes, over HTTP and JMS. A subclass says which of them have Caravan, and which
 * stock camel-lra. Whatever is killed: a trip is there as a whole, or nothing of it is left.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class TravelIT {

    private Processes processes;

    abstract List<Application> durable();

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        processes = new Processes(directory, durable());
        processes.start();
    }

    @AfterAll
    void stop() throws Exception {
        if (processes != null) {
            processes.close();
        }
    }

    final Processes processes() {
        return processes;
    }

    private long left(Application seller, String what) {
        Ledger ledger = processes.ledger(seller);
        return ledger.sold(what) - ledger.returned(what);
    }

    final void awaitTheEnd() {
        await().pollInterval(Duration.ofMillis(250))
                .until(() -> processes.open().equals("[]"));
    }

    /** Of a trip: the train, the flight, and the payment for each. */
    final List<Long> left(String trip) {
        return List.of(
                left(Application.TRAIN, trip),
                left(Application.FLIGHT, trip),
                left(Application.PAYMENT, trip + " for train"),
                left(Application.PAYMENT, trip + " for flight"));
    }

    final List<Long> sold(String trip) {
        return List.of(
                processes.ledger(Application.TRAIN).sold(trip),
                processes.ledger(Application.FLIGHT).sold(trip),
                processes.ledger(Application.PAYMENT).sold(trip + " for train"),
                processes.ledger(Application.PAYMENT).sold(trip + " for flight"));
    }

    @Test
    void sellsAWholeTrip() throws Exception {
        assertThat(processes.order("good", "refuse", "nothing").get(HangLimit.SECONDS, TimeUnit.SECONDS))
                .isEqualTo(200);

        awaitTheEnd();
        assertThat(sold("good")).containsExactly(1L, 1L, 1L, 1L);
        assertThat(left("good")).containsExactly(1L, 1L, 1L, 1L);
    }

    @ParameterizedTest
    @EnumSource(names = {"TRAIN", "FLIGHT"})
    void leavesNothingOfATripThatIsNotPaidFor(Application refused) throws Exception {
        String trip = "no-" + refused.id();
        assertThat(processes.order(trip, "refuse", refused.id()).get(HangLimit.SECONDS, TimeUnit.SECONDS))
                .isEqualTo(500);

        awaitTheEnd();
        assertThat(left(trip)).containsExactly(0L, 0L, 0L, 0L);
    }

    /** Each stands still when it has sold, and before it has told anybody. It comes back when the trip is being undone. */
    @ParameterizedTest
    @EnumSource(names = {"TRAIN", "FLIGHT", "PAYMENT"})
    void leavesNothingOfATripWhoseSellerIsKilled(Application killed) throws Exception {
        String trip = "killed-" + killed.id();
        CompletableFuture<Integer> answer = processes.order(trip, "halt", killed.id());
        await().until(() -> processes.ledger(killed).hasHalted(trip));
        processes.kill(killed);

        await().until(() -> processes.open().contains("Cancelling"));
        processes.startAgain(killed);
        awaitTheEnd();
        assertThat(answer.get(HangLimit.SECONDS, TimeUnit.SECONDS)).isEqualTo(500);
        assertThat(left(trip)).containsExactly(0L, 0L, 0L, 0L);
    }

    /** It stands still between the train and the flight. */
    final void killTheTrip(String trip) throws Exception {
        processes.order(trip, "halt", Application.TRIP.id());
        await().until(() -> processes.ledger(Application.TRIP).hasHalted(trip));
        processes.kill(Application.TRIP);
        processes.startAgain(Application.TRIP);
        awaitTheEnd();
    }
}
