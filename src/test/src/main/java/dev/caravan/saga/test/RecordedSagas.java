package dev.caravan.saga.test;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.state.SagaState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The sagas of a recording that had not ended, each gone on with by routes as they are now: what a deployment would do to
 * them. One call says whether that is well:
 *
 * <pre>{@code
 * RecordedSagas.replay(scenario, Path.of("in-flight.jsonl")).goOnWell();
 * }</pre>
 */
public final class RecordedSagas {

    private final List<Outcome> outcomes;

    /**
     * What became of a saga.
     *
     * @param version of its route that it began with; {@code null}: the route said none
     * @param status to which it came
     * @param problem why it is FAILED, does not end, or was undone; {@code null}: nothing went wrong
     * @param waits whether it waits for an answer that may take days, or for its time
     */
    public record Outcome(
            SagaId sagaId,
            String name,
            @Nullable String version,
            SagaStatus status,
            @Nullable String problem,
            boolean waits) {

        /** True when it has ended with nothing left to do, or waits as it should. */
        public boolean isWell() {
            return waits ? problem == null : status.isOver();
        }
    }

    private RecordedSagas(List<Outcome> outcomes) {
        this.outcomes = List.copyOf(outcomes);
    }

    /**
     * Replays all of a recording that had not ended, one after another; those that began within others, with them.
     *
     * @param scenario with the routes, and how participants answer
     * @param file as for {@link RecordedSaga#read}
     */
    public static RecordedSagas replay(SagaScenario scenario, Path file) {
        List<Outcome> outcomes = new ArrayList<>();
        for (RecordedSaga saga : RecordedSaga.read(file)) {
            if (saga.isInFlight() && saga.state().started().parent() == null) {
                outcomes.add(outcome(scenario.replay(saga)));
            }
        }
        return new RecordedSagas(outcomes);
    }

    private static Outcome outcome(SagaScenario scenario) {
        SagaState state = scenario.expect().state();
        boolean waits = !state.awaiting().isEmpty() || state.isScheduled();
        if (!waits && !state.status().isTerminal()) {
            state = scenario.advanceToTheEnd().expect().state();
            waits = !state.awaiting().isEmpty();
        }
        String problem = state.problem() == null && !waits && !state.status().isTerminal()
                ? "it does not end: look for its route, and for what it waits for"
                : state.problem();
        return new Outcome(state.sagaId(), state.name(), state.started().version(), state.status(), problem, waits);
    }

    /** What became of each, in the order of the recording. */
    public List<Outcome> outcomes() {
        return outcomes;
    }

    /** @throws AssertionError a saga is FAILED, or does not end and does not wait as it should; the text has each of them */
    public RecordedSagas goOnWell() {
        List<Outcome> wrong =
                outcomes.stream().filter(outcome -> !outcome.isWell()).toList();
        if (!wrong.isEmpty()) {
            throw new AssertionError(wrong.stream()
                    .map(saga -> "  %s %s (version %s) is %s: %s"
                            .formatted(saga.name(), saga.sagaId(), saga.version(), saga.status(), saga.problem()))
                    .collect(Collectors.joining(
                            "\n",
                            "%d of %d sagas do not go on well with these routes:%n"
                                    .formatted(wrong.size(), outcomes.size()),
                            "")));
        }
        return this;
    }
}
