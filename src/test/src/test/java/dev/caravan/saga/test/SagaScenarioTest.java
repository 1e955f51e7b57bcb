package dev.caravan.saga.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.test.SimulatedParticipants.Action;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The test kit, with the trip of the examples. */
class SagaScenarioTest {

    private static final Map<String, String> TRIP = Map.of("traveller", "ann", "city", "Oslo");

    private final SagaScenario saga = SagaScenario.ofFiles("file:../docs/examples/trip/trip.camel.yaml");

    @AfterEach
    void close() {
        saga.close();
    }

    @Test
    void booksATrip() {
        saga.given("BookFlight").succeedsWith(Map.of("booking", "F-1"));

        saga.start("direct:trip", TRIP);

        saga.expect().completed().actions("BookFlight", "BookHotel", "BookCar").compensations();
        assertThat(saga.expect().state().steps().get(0).results().get("BookFlight"))
                .hasToString("{\"booking\":\"F-1\"}");
    }

    @Test
    void cancelsWhatWasBookedWhenThereIsNoCar() {
        saga.given("BookCar").isRejected();

        saga.start("direct:trip", TRIP);

        saga.expect().compensated().compensations("CancelHotel", "CancelFlight").reason("BookCar is refused");
    }

    @Test
    void cancelsTheHotelThatDoesNotAnswer() {
        saga.given("BookHotel").isSilent();

        saga.start("direct:trip", TRIP).advance(Duration.ofSeconds(29));
        saga.expect().step("BOOK_HOTEL", StepStatus.ENLISTED).compensations();

        saga.advance(Duration.ofSeconds(1));
        saga.expect().compensated().compensations("CancelHotel", "CancelFlight");
    }

    @Test
    void waitsForAPersonWhenTheFlightCannotBeCancelled() {
        saga.given("BookHotel").isRejected().given("CancelFlight").alwaysFails();

        saga.start("direct:trip", TRIP).advanceToTheEnd();

        saga.expect().failedAt("BOOK_FLIGHT").compensations("CancelFlight");
    }

    @Test
    void leavesNothingBehindWhateverGoesWrong() {
        List<Failure> failures = saga.start("direct:trip", TRIP).failures();

        for (Failure failure : failures) {
            saga.another().given(failure).start("direct:trip", TRIP).advanceToTheEnd();

            saga.expect().compensated().compensationsInReverseOrder();
        }
    }

    @Test
    void goesOnWhereverTheInstanceDies() {
        int acts = saga.start("direct:trip", TRIP).acts();

        for (int act = 0; act < acts; act++) {
            saga.another().dieAfter(act).start("direct:trip", TRIP).recover().advanceToTheEnd();

            saga.expect().completed().actions("BookFlight", "BookHotel", "BookCar");
        }
    }

    @Test
    void finishesTheSagasThatAreInFlight() {
        for (RecordedSaga recorded : RecordedSaga.read(Path.of("src/test/resources/recorded/trips.jsonl"))) {
            saga.replay(recorded).advanceToTheEnd();

            saga.expect().nothingIsPending();
            assertThat(saga.expect().state().status()).isIn(SagaStatus.COMPLETED, SagaStatus.COMPENSATED);
        }
    }

    @Test
    void triesACompensationAgain() {
        saga.given("BookHotel").isRejected().given("CancelFlight").failsFirst(2);

        saga.start("direct:trip", TRIP).advance(Duration.ofSeconds(2));
        saga.expect().step("BOOK_FLIGHT", StepStatus.SUCCEEDED);

        saga.advance(Duration.ofSeconds(1));
        saga.expect().compensated();
    }

    @Test
    void setsAPlaceholder() {
        saga.property("trip.step-timeout", "5s").given("BookHotel").isSilent();

        saga.start("direct:trip", TRIP).advance(Duration.ofSeconds(5));

        saga.expect().compensated();
    }

    @Test
    void findsTheReplyThatCameWhileNobodyWasThere() {
        saga.property("trip.step-timeout", "60s").given("BookHotel").does(Action.IS_LATE);

        saga.start("direct:trip", TRIP).kill().advance(Duration.ofSeconds(50)).recover();

        saga.expect().completed().actions("BookFlight", "BookHotel", "BookCar");
    }

    @Test
    void countsTheTimeInWhichNobodyWasThere() {
        saga.given("BookHotel").isSilent();

        saga.start("direct:trip", TRIP)
                .kill()
                .advance(Duration.ofSeconds(31))
                .recover()
                .advance(Duration.ZERO);

        saga.expect().compensated();
    }

    /** What is expected and is not so is told. */
    @Test
    void tellsWhatIsNotAsExpected() {
        saga.given("BookCar").isRejected();
        saga.start("direct:trip", TRIP);
        SagaExpectation end = saga.expect();

        refuses(end::completed, "Expected status COMPLETED, not COMPENSATED", "BOOK_CAR REJECTED");
        refuses(() -> end.failedAt("BOOK_CAR"), "Expected status FAILED, not COMPENSATED");
        refuses(() -> end.reason("rain"), "Expected a reason with 'rain', not 'BookCar is refused'");
        refuses(() -> end.actions("BookFlight"), "Expected actions [BookFlight], not [BookFlight, BookHotel, BookCar]");
        refuses(() -> end.compensations("CancelFlight", "CancelHotel"), "not [CancelHotel, CancelFlight]");
        refuses(() -> end.completions("ConfirmCar"), "Expected completions [ConfirmCar], not []");
        refuses(() -> end.step("BOOK_CAR", StepStatus.COMPENSATED), "Expected status of step BOOK_CAR COMPENSATED");
    }

    @Test
    void tellsWhatIsLeftAndPending() {
        saga.given("BookHotel").isSilent();
        saga.start("direct:trip", TRIP);
        SagaExpectation now = saga.expect();

        refuses(now::nothingIsLeft, "Expected that nothing is left, but there is", "BOOK_FLIGHT");
        refuses(now::nothingIsPending, "Expected that nothing is pending");
    }

    @Test
    void tellsWhyNoSagaWasStarted() {
        refuses(saga::expect, "start was not called");
        saga.start("nowhere:trip", TRIP);
        refuses(saga::expect, "No endpoint could be found for: nowhere://trip");
    }

    private static void refuses(ThrowingCallable expectation, String... parts) {
        assertThatThrownBy(expectation).isInstanceOf(AssertionError.class).hasMessageContainingAll(parts);
    }
}
