package dev.caravan.saga.state;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.StepKind;
import dev.caravan.saga.StepStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the log says of one saga: the fold of its entries. Immutable.
 *
 * <p>The fold is total, so that all readers of a log agree: an entry whose sequence was seen before is ignored (the
 * first one in log order counts), one of an instance that lost the saga to another is ignored, an event that the state machine does not allow leaves status and steps as they are;
 * all are counted in {@code ignored}. Of a saga that has not begun, nothing else is kept. A sequence or
 * an epoch that no writer can have come to is ignored, too: nothing could follow it. What is written beside the saga's own entries has no effect at all.
 *
 * @param start how it began; {@code null} while INITIAL
 * @param steps in order of enlistment
 * @param reason why it is undone, or waits for a person; {@code null} while nothing went wrong. What goes wrong while it
 *     is undone does not change it
 * @param deadline when it is undone if it has not ended; {@code null}: never
 * @param nextSequence the sequence of the next entry
 * @param epoch how often the saga was taken over
 * @param ignored entries without effect: duplicates, late ones, second decisions, unknown events
 * @param children the sagas that its route began, in order
 * @param signals what came from outside that steps wait for; {@code null}: nothing
 * @param carried the parts of a state that was carried forward, while more of them follow: what is known of a saga that
 *     is INITIAL to a reader who began there; otherwise {@code null}
 * @param trouble what keeps it from its end: what could not be undone or completed, or why its route is run again past
 *     the pivot; {@code null}: nothing that its steps do not say
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SagaState(
        SagaId sagaId,
        SagaStatus status,
        SagaEvent.@Nullable Start start,
        List<StepState> steps,
        @Nullable String reason,
        @Nullable Instant deadline,
        long nextSequence,
        int epoch,
        int ignored,
        @Nullable Instant startedAt,
        @Nullable Instant updatedAt,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Child> children,
        @Nullable Signals signals,
        @Nullable List<String> carried,
        @Nullable String trouble) {

    private static final int LONGEST_GAP = 1_000_000;

    public SagaState {
        children = children == null ? List.of() : children;
    }

    /** Of which no part is awaited, and that has neither children, signals nor trouble. */
    public SagaState(
            SagaId sagaId,
            SagaStatus status,
            SagaEvent.@Nullable Start start,
            List<StepState> steps,
            @Nullable String reason,
            @Nullable Instant deadline,
            long nextSequence,
            int epoch,
            int ignored,
            @Nullable Instant startedAt,
            @Nullable Instant updatedAt) {
        this(
                sagaId,
                status,
                start,
                steps,
                reason,
                deadline,
                nextSequence,
                epoch,
                ignored,
                startedAt,
                updatedAt,
                List.of(),
                null,
                null,
                null);
    }

    public static SagaState initial(SagaId sagaId) {
        return new SagaState(sagaId, SagaStatus.INITIAL, null, List.of(), null, null, 0, 0, 0, null, null);
    }

    /** Folds a whole log. */
    public static SagaState replay(SagaId sagaId, Iterable<SagaLogEntry> entries) {
        SagaState state = initial(sagaId);
        for (SagaLogEntry entry : entries) {
            state = state.apply(entry);
        }
        return state;
    }

    /** True when the event would have an effect now. */
    public boolean allows(SagaEvent event) {
        if (event instanceof Begin) {
            return isScheduled();
        }
        boolean wantsToUndo = event instanceof SagaEvent.Fail || event instanceof SagaEvent.Timeout;
        if (wantsToUndo && passedPivot()) {
            return false;
        }
        return event.transition()
                .map(transition -> SagaStateMachine.next(status, transition).isPresent())
                .orElse(!(event instanceof SagaEvent.Unknown || event instanceof SagaEvent.Resume));
    }

    /** True when it was accepted and its route has yet to be run for the first time. */
    @JsonIgnore
    public boolean isScheduled() {
        return status == SagaStatus.EXECUTING && start != null && start.at() != null;
    }

    private Optional<SagaStatus> next(Transition transition) {
        return failedForward() ? SagaStateMachine.nextForward(transition) : SagaStateMachine.next(status, transition);
    }

    /** True when the saga is FAILED and was to complete: nothing of it is undone any more. */
    public boolean failedForward() {
        return status == SagaStatus.FAILED
                && (passedPivot() || steps.stream().anyMatch(step -> step.status() == StepStatus.COMPLETION_FAILED));
    }

    /** True when a step of kind PIVOT has succeeded: nothing is undone any more. */
    public boolean passedPivot() {
        return steps.stream()
                .anyMatch(step -> step.enlistment().kind() == StepKind.PIVOT
                        && (step.status() == StepStatus.SUCCEEDED || step.status() == StepStatus.COMPLETED));
    }

    /** The state after one more entry. */
    public SagaState apply(SagaLogEntry entry) {
        if (!entry.sagaId().equals(sagaId)) {
            throw new IllegalArgumentException("Entry of saga %s given to saga %s".formatted(entry.sagaId(), sagaId));
        }
        SagaEvent event = entry.event();
        if (event.standsBeside()) {
            return this;
        }
        Instant at = entry.timestamp();
        if (event instanceof SagaEvent.Snapshot snapshot
                && status == SagaStatus.INITIAL
                && CarriedState.flaw(snapshot.state(), sagaId).isEmpty()) {
            return snapshot.state().carriedBy(entry);
        }
        if (carried != null || status == SagaStatus.INITIAL && event instanceof SagaEvent.SnapshotPart) {
            return isOutOfReach(entry)
                    ? awaiting(carried, nextSequence, epoch, ignored + 1)
                    : InParts.next(this, entry);
        } else if (status == SagaStatus.INITIAL && !(event instanceof SagaEvent.Start) || isOutOfReach(entry)) {
            return at(nextSequence, epoch, ignored + 1, updatedAt);
        }
        if (event instanceof SagaEvent.Resume && entry.epoch() > epoch && status != SagaStatus.INITIAL) {
            return at(Math.max(nextSequence, entry.sequence() + 1), entry.epoch(), ignored, at);
        }
        if (entry.sequence() < nextSequence || entry.epoch() != epoch || event instanceof SagaEvent.Resume) {
            return at(nextSequence, epoch, ignored + 1, updatedAt);
        }
        if (!allows(event)) {
            return at(entry.sequence() + 1, epoch, ignored + 1, at);
        }
        SagaStatus next = event.transition().flatMap(this::next).orElse(status);
        boolean starts = event instanceof SagaEvent.Start;
        return new SagaState(
                sagaId,
                next,
                Attributes.startAfter(start, event),
                StepsFold.after(this, entry),
                Problems.reasonAfter(this, event),
                deadlineAfter(event),
                entry.sequence() + 1,
                epoch,
                ignored,
                starts || event instanceof Begin ? at : startedAt,
                at,
                event instanceof Child child ? childrenAfter(child) : children,
                Signals.after(signals, event),
                null,
                Problems.troubleAfter(this, event));
    }

    /** A saga of which more parts are awaited, or again none. */
    SagaState awaiting(@Nullable List<String> parts, long newSequence, int newEpoch, int newIgnored) {
        return new SagaState(
                sagaId,
                status,
                start,
                steps,
                reason,
                deadline,
                newSequence,
                newEpoch,
                newIgnored,
                null,
                null,
                List.of(),
                null,
                parts,
                null);
    }

    /** What was carried forward, as of the entry that did. */
    SagaState carriedBy(SagaLogEntry entry) {
        return at(entry.sequence() + 1, entry.epoch(), ignored, updatedAt);
    }

    private boolean isOutOfReach(SagaLogEntry entry) {
        return entry.sequence() - nextSequence > LONGEST_GAP || entry.epoch() - epoch > LONGEST_GAP;
    }

    /** The same saga at another place of its log. */
    private SagaState at(long newSequence, int newEpoch, int newIgnored, @Nullable Instant when) {
        return new SagaState(
                sagaId,
                status,
                start,
                steps,
                reason,
                deadline,
                newSequence,
                newEpoch,
                newIgnored,
                startedAt,
                when,
                children,
                signals,
                null,
                trouble);
    }

    /** One that has ended keeps its place: the route, run again, comes to them in the order in which they were begun. */
    private List<Child> childrenAfter(Child child) {
        List<Child> all = new ArrayList<>(children);
        all.replaceAll(known -> known.saga().equals(child.saga()) ? child : known);
        if (!all.contains(child)) {
            all.add(child);
        }
        return List.copyOf(all);
    }

    /** How it began. @throws IllegalStateException it has not */
    public SagaEvent.Start started() {
        if (start == null) {
            throw new IllegalStateException("Saga %s has not begun".formatted(sagaId));
        }
        return start;
    }

    /** The saga's name; the empty text while INITIAL. */
    public String name() {
        return start == null ? "" : start.name();
    }

    /** What goes wrong now, or else why the saga is undone; {@code null}: nothing. */
    public @Nullable String problem() {
        return trouble == null ? reason : trouble;
    }

    public Optional<StepState> step(Step step) {
        for (StepState known : steps) {
            if (known.step().equals(step)) {
                return Optional.of(known);
            }
        }
        return Optional.empty();
    }

    /** The steps that wait for something that may take long, while the saga is EXECUTING. */
    public List<StepState> awaiting() {
        return status == SagaStatus.EXECUTING
                ? steps.stream().filter(StepState::isAwaiting).toList()
                : List.of();
    }

    /** True when the command of the step was answered SUCCESS; no command is none. */
    public boolean isAnswered(Step step, @Nullable String command) {
        return step(step).filter(known -> known.isAnswered(command)).isPresent();
    }

    private @Nullable Instant deadlineAfter(SagaEvent event) {
        return event instanceof SagaEvent.Limit limit
                        && (deadline == null || limit.deadline().isBefore(deadline))
                ? limit.deadline()
                : deadline;
    }
}
