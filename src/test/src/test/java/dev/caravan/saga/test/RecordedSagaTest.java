package dev.caravan.saga.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.StepStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaPropagation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sagas that were recorded go on with the routes of a test. Those of the file are about a trip to Oslo. */
class RecordedSagaTest {

    private static final Path TRIPS = Path.of("src/test/resources/recorded/trips.jsonl");

    private final SagaScenario trip = SagaScenario.ofFiles("file:../docs/examples/trip/trip.camel.yaml");
    private final SagaScenario withoutHotel = SagaScenario.of(context -> context.addRoutes(new TripWithoutHotel()));

    private final SagaScenario withoutTrip = SagaScenario.of(context -> {});

    @TempDir
    private Path directory;

    @AfterEach
    void close() {
        trip.close();
        withoutHotel.close();
        withoutTrip.close();
    }

    private static RecordedSaga tripOf(String traveller) {
        return RecordedSaga.read(TRIPS).stream()
                .filter(saga -> saga.state().start().key().equals(traveller))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void areInFlightUntilTheyEnd() {
        assertThat(RecordedSaga.read(TRIPS))
                .filteredOn(RecordedSaga::isInFlight)
                .extracting(saga -> saga.state().start().key())
                .containsExactlyInAnyOrder("ann", "bob", "joe");
    }

    @Test
    void goOnWellWithTheRoutesThatTheyBeganWithAsOneCallSays() {
        RecordedSagas all = RecordedSagas.replay(trip, TRIPS).goOnWell();

        assertThat(all.outcomes()).hasSize(3).allMatch(RecordedSagas.Outcome::isWell);
    }

    @Test
    void sayWhichOfThemDoNotGoOnWellWithOtherRoutes() {
        RecordedSagas all = RecordedSagas.replay(withoutTrip, TRIPS);

        List<RecordedSagas.Outcome> wrong =
                all.outcomes().stream().filter(saga -> !saga.isWell()).toList();
        assertThat(wrong)
                .extracting(RecordedSagas.Outcome::problem)
                .doesNotContainNull()
                .hasSize(3);
        assertThatThrownBy(all::goOnWell)
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("%d of 3 sagas do not go on well".formatted(wrong.size()))
                .hasMessageContaining(wrong.get(0).sagaId().value());
    }

    @Test
    void askAgainForTheFirstStepWithoutAResultOnly() {
        trip.replay(tripOf("ann"));

        trip.expect().completed().actions("BookCar");
    }

    @Test
    void undoWhatTheLogSaysWasDone() {
        trip.given("BookCar").isRejected();

        trip.replay(tripOf("ann"));

        trip.expect().compensated().compensations("CancelHotel", "CancelFlight");
    }

    @Test
    void countWhatWasDoneAsLeftUntilItIsUndone() {
        trip.given("CancelFlight").alwaysFails();

        trip.replay(tripOf("bob")).advanceToTheEnd();

        trip.expect().failedAt("BOOK_FLIGHT").step("BOOK_HOTEL", StepStatus.COMPENSATED);
        assertThatThrownBy(trip.expect()::nothingIsLeft).hasMessageContaining("there is [BOOK_FLIGHT]");
    }

    @Test
    void goOnUndoingWhereTheyStopped() {
        trip.replay(tripOf("bob"));

        trip.expect().compensated().compensations("CancelFlight").reason("There are no cars in Oslo");
    }

    @Test
    void areAsTheyEnded() {
        trip.replay(tripOf("eve"));

        trip.expect().completed().actions();
    }

    @Test
    void goOnWhoeverWasTheirCoordinator() {
        trip.replay(tripOf("joe"));

        trip.expect().completed().actions("BookHotel", "BookCar");
    }

    @Test
    void haveTheirTimeOutsFromWhereTheLogEnds() {
        trip.given("BookCar").isSilent();

        trip.replay(tripOf("ann")).advance(Duration.ofSeconds(29));
        trip.expect().step("BOOK_CAR", StepStatus.ENLISTED);

        trip.advance(Duration.ofSeconds(1));
        trip.expect().compensated();
    }

    @Test
    void canBeReplayedOneAfterAnother() {
        trip.replay(tripOf("ann")).replay(tripOf("bob")).replay(tripOf("ann"));

        trip.expect().completed().actions("BookCar");
    }

    @Test
    void surviveAnotherCrash() {
        trip.replay(tripOf("ann")).kill().recover();

        trip.expect().completed();
    }

    @Test
    void completeWithoutAStepThatTheRoutesHaveNoMore() {
        withoutHotel.replay(tripOf("ann"));

        withoutHotel.expect().completed().actions("BookCar");
    }

    @Test
    void failWhereTheRoutesHaveNoCompensationAnyMore() {
        withoutHotel.given("BookCar").isRejected();

        withoutHotel.replay(tripOf("ann")).advanceToTheEnd();

        withoutHotel.expect().failedAt("BOOK_HOTEL");
    }

    @Test
    void waitForTheirRoute() {
        try (SagaScenario nothing = SagaScenario.of(context -> {})) {
            nothing.replay(tripOf("ann")).advanceToTheEnd();

            nothing.expect().status(SagaStatus.EXECUTING).actions();
        }
    }

    /** The hotel was taken out, and what cancels it. */
    private static final class TripWithoutHotel extends RouteBuilder {
        @Override
        public void configure() {
            from("direct:trip")
                    .routeId("trip")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .toV("direct:book-flight", null, "flight")
                    .toV("direct:book-car", null, "car");
            step("flight", "Flight");
            step("car", "Car");
        }

        private void step(String what, String command) {
            from("direct:book-" + what)
                    .routeId("book-" + what)
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:cancel-" + what)
                    .to("saga-command:" + what + "-service/Book" + command);
            from("direct:cancel-" + what)
                    .routeId("cancel-" + what)
                    .to("saga-command:" + what + "-service/Cancel" + command);
        }
    }

    @Test
    void areReadFromLinesWithKeys() throws IOException {
        List<String> lines = Files.readAllLines(TRIPS).stream()
                .map(line -> "CreateTime:1772446507000\tthe-key\t" + line)
                .toList();

        assertThat(RecordedSaga.read(Files.write(directory.resolve("keys.txt"), lines)))
                .isEqualTo(RecordedSaga.read(TRIPS));
    }

    @Test
    void areNotReadFromAnswersWithoutPayloads() throws IOException {
        Path file = Files.writeString(
                directory.resolve("answer.json"), "\n{\"sagaId\": \"a\", \"status\": \"EXECUTING\"}\n");

        assertThatThrownBy(() -> RecordedSaga.read(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(file + ", line 2", "'sequence'", "read the topic instead");
    }

    @Test
    void beginWithTheirStart() throws IOException {
        List<String> lines = Files.readAllLines(TRIPS);
        Path file = Files.write(directory.resolve("cut.jsonl"), lines.subList(3, lines.size()));

        assertThatThrownBy(() -> RecordedSaga.read(file))
                .hasMessageContaining("does not begin with a START or SNAPSHOT");
    }

    @Test
    void areOfOneSagaEach() {
        assertThatThrownBy(() -> new RecordedSaga(List.of())).hasMessageContaining("Expected the entries of one saga");
    }
}
