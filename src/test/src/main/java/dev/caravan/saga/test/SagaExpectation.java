package dev.caravan.saga.test;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.state.RouteShape;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepState;
import dev.caravan.saga.test.SimulatedParticipants.Action;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is expected of a saga. Each method fails with an {@link AssertionError} that tells what is in the log instead. */
public final class SagaExpectation {

    private final SagaState state;
    private final SimulatedParticipants participants;
    private final long pending;

    SagaExpectation(SagaState state, SimulatedParticipants participants, long pending) {
        this.state = state;
        this.participants = participants;
        this.pending = pending;
    }

    /** All steps took effect, nothing is left of those that the route went around, and nothing is pending. */
    public SagaExpectation completed() {
        return status(SagaStatus.COMPLETED).onlyWhatSucceededIsLeft().nothingIsPending();
    }

    /** The saga was undone: nothing is left of its steps, and nothing is pending. */
    public SagaExpectation compensated() {
        return status(SagaStatus.COMPENSATED).nothingIsLeft().nothingIsPending();
    }

    /** This step could not be undone, and the saga waits for a person. */
    public SagaExpectation failedAt(String step) {
        return status(SagaStatus.FAILED).step(step, StepStatus.COMPENSATION_FAILED);
    }

    public SagaExpectation status(SagaStatus expected) {
        return same("status", expected, state.status());
    }

    /** @param part of the reason why the saga did not complete, or of what could not be undone */
    public SagaExpectation reason(String part) {
        String said = Stream.of(state.reason(), state.trouble())
                .filter(Objects::nonNull)
                .distinct()
                .collect(Collectors.joining("; "));
        return check(said.contains(part), "a reason with '%s', not '%s'".formatted(part, said));
    }

    /** The actions that participants were asked for, in this order and no others; duplicates count once. */
    public SagaExpectation actions(String... commands) {
        return same("actions", List.of(commands), commands(Phase.ACTION));
    }

    /** The compensations that participants were asked for, in this order and no others; duplicates count once. */
    public SagaExpectation compensations(String... commands) {
        return same("compensations", List.of(commands), commands(Phase.COMPENSATION));
    }

    /** The completions that participants were asked for, in this order and no others; duplicates count once. */
    public SagaExpectation completions(String... commands) {
        return same("completions", List.of(commands), commands(Phase.COMPLETION));
    }

    /** Each step that was undone was undone before those that had enlisted earlier. */
    public SagaExpectation compensationsInReverseOrder() {
        List<Step> enlisted = state.steps().stream().map(StepState::step).toList();
        List<Integer> places = received(Phase.COMPENSATION)
                .map(SagaCommand::step)
                .distinct()
                .map(enlisted::indexOf)
                .toList();
        List<Integer> reversed = places.stream()
                .sorted((one, other) -> Integer.compare(other, one))
                .toList();
        return same("places of the steps in the order of their compensation", reversed, places);
    }

    /** @param name of the step, for instance {@code BOOK_HOTEL} */
    public SagaExpectation step(String name, StepStatus expected) {
        Predicate<StepState> named = step -> step.step().toString().equals(name);
        StepStatus found = state.steps().stream()
                .filter(named)
                .map(StepState::status)
                .findFirst()
                .orElse(null);
        return same("status of step " + name, expected, found);
    }

    /** No effect is left with a participant. */
    public SagaExpectation nothingIsLeft() {
        Set<Step> left = participants.inEffect(state.sagaId());
        return check(left.isEmpty(), "that nothing is left, but there is " + left);
    }

    private SagaExpectation onlyWhatSucceededIsLeft() {
        Set<Step> left = new HashSet<>(participants.inEffect(state.sagaId()));
        state.steps().stream()
                .filter(step -> step.status() == StepStatus.SUCCEEDED || step.status() == StepStatus.COMPLETED)
                .forEach(step -> left.remove(step.step()));
        return check(left.isEmpty(), "that only steps that succeeded are left, but there is " + left);
    }

    /** No command of another step went out in the name of one, as far as the definition of the route tells. */
    SagaExpectation inTheirOwnNames() {
        RouteShape route = state.start() == null ? null : state.start().route();
        if (route != null) {
            received(Phase.ACTION).forEach(command -> checkName(route, command));
        }
        return this;
    }

    private void checkName(RouteShape route, SagaCommand command) {
        List<String> own = route.commandsOf(command.step().name());
        List<String> owners = route.steps().stream()
                .filter(step -> route.commandsOf(step).contains(command.command())
                        || letters(step).equals(letters(command.command())))
                .toList();
        check(
                own.isEmpty() || own.contains(command.command()) || owners.isEmpty(),
                "%s to be sent in the name of %s, as the route has it, and not of step %s"
                        .formatted(command.command(), String.join(" or ", owners), command.step()));
    }

    private static String letters(String name) {
        return name.replaceAll("[^\\p{L}\\p{N}]", "").toUpperCase(Locale.ROOT);
    }

    /** The saga is in no memory any more, and nothing waits for its time. */
    public SagaExpectation nothingIsPending() {
        return check(pending == 0, "that nothing is pending, but %d things are".formatted(pending));
    }

    /** What the log says of the saga, for other assertions. */
    public SagaState state() {
        return state;
    }

    private Stream<SagaCommand> received(Phase phase) {
        return participants.received().stream()
                .filter(command -> command.sagaId().equals(state.sagaId()))
                .filter(command -> command.phase() == phase);
    }

    private List<String> commands(Phase phase) {
        record Sent(Step step, String command) {}
        return received(phase)
                .map(command -> new Sent(command.step(), command.command()))
                .distinct()
                .map(Sent::command)
                .toList();
    }

    /** Every way in which each action can go wrong. */
    List<Failure> failures() {
        return commands(Phase.ACTION).stream()
                .distinct()
                .flatMap(command -> Arrays.stream(Action.values())
                        .filter(how -> how != Action.SUCCEEDS)
                        .map(how -> new Failure(command, how)))
                .toList();
    }

    private SagaExpectation same(String what, Object expected, @Nullable Object found) {
        return check(Objects.equals(expected, found), "%s %s, not %s".formatted(what, expected, found));
    }

    private SagaExpectation check(boolean fulfilled, String expected) {
        if (fulfilled) {
            return this;
        }
        StringBuilder message = new StringBuilder("Expected %s.%nSaga %s is %s, reason: %s"
                .formatted(expected, state.name(), state.status(), state.reason()));
        state.steps()
                .forEach(step -> message.append("%n  %s %s%s"
                        .formatted(step.step(), step.status(), step.error() == null ? "" : ": " + step.error())));
        throw new AssertionError(message.toString());
    }
}
