package dev.caravan.saga.engine;

import dev.caravan.saga.Step;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepFailure;
import dev.caravan.saga.state.StepState;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What the log says of earlier runs of a saga's route, and what of it the present run was told. Thread-safe. */
public final class RecordedRun {

    private static final int FEW_STEPS = 4;

    private final Set<Step> taken = new HashSet<>(FEW_STEPS);
    private final Set<Step> skipped = new HashSet<>(FEW_STEPS);
    private Set<Step> earlier = Set.of();
    private List<Unheard> unheard = List.of();
    private List<Interrupted> interrupted = List.of();

    private record Unheard(Step step, String command, StepFailure failure) {}

    private record Interrupted(Step step, Instant at) {}

    RecordedRun() {}

    /** All that is known was another run's. */
    synchronized void startAgain(SagaState known) {
        taken.clear();
        skipped.clear();
        earlier = known.steps().stream().map(StepState::step).collect(Collectors.toUnmodifiableSet());
        unheard = known.steps().stream()
                .flatMap(step -> step.failures().entrySet().stream()
                        .map(failed -> new Unheard(step.step(), failed.getKey(), failed.getValue())))
                .toList();
        interrupted = known.steps().stream()
                .map(step -> new Interrupted(step.step(), step.updatedAt()))
                .toList();
    }

    /** True for a step that an earlier run of the route began. */
    public synchronized boolean isOfEarlier(Step step) {
        return earlier.contains(step);
    }

    /** These are not begun in this run, since the step within which they were begun is not done again. */
    public synchronized void skip(Collection<Step> within) {
        taken.addAll(within);
        skipped.addAll(within);
    }

    /** True for a step that an earlier run of the route began, and that this one has not come to. */
    public synchronized boolean isNotMet(Step step) {
        return earlier.contains(step) && (!taken.contains(step) || skipped.contains(step));
    }

    /** How a command failed, once, if the log says so and the route, run again, has not been told of it. */
    public synchronized Optional<StepFailure> unheardFailure(Step step, String command) {
        Unheard found = Few.find(unheard, one -> one.step().equals(step) && command.equals(one.command()));
        if (found == null) {
            return Optional.empty();
        }
        unheard = Few.minus(unheard, found);
        return Optional.of(found.failure());
    }

    /**
     * Since when a command of the step may be on its way that another instance sent; empty when asked again, and for a
     * step that joined here.
     */
    public synchronized Optional<Instant> interruptedAt(Step step) {
        Interrupted found = Few.find(interrupted, one -> one.step().equals(step));
        if (found == null) {
            return Optional.empty();
        }
        interrupted = Few.minus(interrupted, found);
        return Optional.of(found.at());
    }

    /**
     * The next step of a name in this run. A step of one part of a split message is the same step when the parts are
     * taken in another order.
     */
    synchronized Step next(List<StepState> steps, String name, Integer branch) {
        int last = 0;
        for (StepState known : steps) {
            if (known.step().name().equals(name)) {
                if (Objects.equals(known.enlistment().branch(), branch) && taken.add(known.step())) {
                    return known.step();
                }
                last = Math.max(last, known.step().occurrence());
            }
        }
        Step step = new Step(name, last + 1);
        taken.add(step);
        return step;
    }
}
