package dev.caravan.saga.engine;

import dev.caravan.saga.Step;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepFailure;
import java.util.List;
import java.util.Optional;

/** Failures of commands that the log has, and of which the present run of the route has not been told. Not thread-safe. */
final class UnheardFailures {

    private List<Unheard> all = List.of();

    private record Unheard(Step step, String command, StepFailure failure) {

        boolean is(Step asked, String of) {
            return step.equals(asked) && command.equals(of);
        }
    }

    /** All that the log has. */
    void startAgain(SagaState saga) {
        all = saga.steps().stream()
                .flatMap(step -> step.failures().entrySet().stream()
                        .map(failed -> new Unheard(step.step(), failed.getKey(), failed.getValue())))
                .toList();
    }

    void add(Step step, String command, StepFailure failure) {
        all = SmallLists.plus(all, new Unheard(step, command, failure));
    }

    boolean has(Step step, String command) {
        return SmallLists.find(all, one -> one.is(step, command)) != null;
    }

    /** The route is told of it from now on. */
    Optional<StepFailure> take(Step step, String command) {
        Unheard found = SmallLists.find(all, one -> one.is(step, command));
        if (found == null) {
            return Optional.empty();
        }
        all = SmallLists.minus(all, found);
        return Optional.of(found.failure());
    }
}
