package dev.caravan.saga.engine;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.state.RouteShape;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepFailure;
import dev.caravan.saga.state.StepState;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What the log says of earlier runs of a saga's route, and what of it the present run was told. Thread-safe. */
public final class RecordedRun {

    private static final int FEW_STEPS = 4;

    private final Set<Step> taken = new HashSet<>(FEW_STEPS);
    private final Set<Step> skipped = new HashSet<>(FEW_STEPS);
    private final AskedCommands commands = new AskedCommands();
    /** Those of earlier runs, with their places in the order in which they were begun. */
    private Map<Step, Integer> earlier = Map.of();

    private final UnheardFailures unheard = new UnheardFailures();
    private final Map<Step, Instant> interrupted = new HashMap<>(FEW_STEPS);
    private List<SagaEvent.Enlist> known = List.of();
    /** Without those that are undone: the block around one may not be done again. */
    private List<SagaEvent.Enlist> recorded = List.of();

    private @Nullable RouteShape before;
    private @Nullable RouteShape now;
    private final StoppedBranches stopped = new StoppedBranches();
    private final Set<SagaId> leftBehind = new HashSet<>(1);
    private @Nullable String otherPath;

    RecordedRun() {}

    /** All that is known was another run's. */
    synchronized void startAgain(SagaState saga) {
        taken.clear();
        skipped.clear();
        stopped.clear();
        commands.startAgain();
        otherPath = null;
        known = saga.steps().stream().map(StepState::enlistment).toList();
        recorded = saga.steps().stream()
                .filter(step -> step.status() != StepStatus.COMPENSATED)
                .map(StepState::enlistment)
                .toList();
        before = saga.start() == null ? null : saga.start().route();
        earlier = new HashMap<>();
        saga.steps().forEach(step -> earlier.put(step.step(), earlier.size()));
        unheard.startAgain(saga);
        interrupted.clear();
        saga.steps().forEach(step -> interrupted.put(step.step(), step.updatedAt()));
    }

    /** @param shape of the route that is run again from now on; {@code null}: nothing is known of it */
    public synchronized void goBy(@Nullable RouteShape shape) {
        now = shape;
    }

    /** True for a step that an earlier run of the route began. */
    public synchronized boolean isOfEarlier(Step step) {
        return earlier.containsKey(step);
    }

    /** These sagas, which its route began, made it fail, and are not what it comes to when it is run again: others are. */
    public synchronized void leaveBehind(Set<SagaId> children) {
        leftBehind.addAll(children);
    }

    /** Those that were left behind until now. */
    public synchronized Set<SagaId> leftBehind() {
        return Set.copyOf(leftBehind);
    }

    /** These are not begun in this run, since the step within which they were begun is not done again. */
    public synchronized void skip(Collection<Step> within) {
        taken.addAll(within);
        skipped.addAll(within);
    }

    /**
     * The block of this step broke off in an earlier run, and does so again at once.
     *
     * @param within the steps that were begun within it; {@code null}: which of those begun after it were, is not known, and
     *     none of them is missed
     */
    public synchronized void breakOffAgain(Step step, @Nullable Collection<Step> within) {
        if (within != null) {
            skip(within);
            return;
        }
        int place = earlier.getOrDefault(step, Integer.MAX_VALUE);
        recorded = recorded.stream()
                .filter(known -> earlier.getOrDefault(known.step(), -1) <= place)
                .toList();
    }

    /** True for a step that an earlier run of the route, not another message, began, and that this one has not come to. */
    public synchronized boolean isNotMet(SagaEvent.Enlist begun) {
        Step step = begun.step();
        return begun.path() != null && earlier.containsKey(step) && (!taken.contains(step) || skipped.contains(step));
    }

    /** A command has failed that the present run will come to. */
    synchronized void failed(Step step, String command, StepFailure failure) {
        unheard.add(step, command, failure);
    }

    synchronized boolean hasUnheardFailure(Step step, String command) {
        return unheard.has(step, command);
    }

    /** How a command failed, once, if the log says so and the route, run again, has not been told of it. */
    public synchronized Optional<StepFailure> unheardFailure(Step step, String command) {
        return unheard.take(step, command);
    }

    /**
     * Since when a command of the step may be on its way that another instance sent; empty when asked again, and for a
     * step that joined here.
     */
    public synchronized Optional<Instant> interruptedAt(Step step) {
        return Optional.ofNullable(interrupted.remove(step));
    }

    /**
     * The next step of a name in this run, found again by the branch that takes it, in whatever order branches come to it.
     *
     * @throws OtherPathException the log has another step next in this branch, and neither was the asked one added to the
     *     route since, nor the other one taken out of it; from then on, this run gets no step at all
     */
    synchronized Step next(List<StepState> steps, SagaEvent.Enlist asked) {
        String name = asked.step().name();
        if (otherPath != null) {
            throw new OtherPathException(otherPath);
        }
        Step found = firstFree(steps, name, known -> Objects.equals(known.path(), asked.path()));
        if (found == null) {
            found = firstFree(steps, name, known -> isAt(known, asked));
        }
        if (found != null) {
            taken.add(found);
            return found;
        }
        if (now == null || before == null || !now.gains(name, before)) {
            nextBefore(asked.path())
                    .ifPresent(
                            step -> leave("the log has %s next, the route asked for %s".formatted(step, named(asked))));
        }
        Step step = new Step(name, lastOccurrence(steps, name) + 1);
        taken.add(step);
        return step;
    }

    /**
     * True for a branch in which an earlier run had nothing more when its route went on: it had been stopped, and is to begin
     * no step, and no other saga.
     *
     * @param name of the step that it would begin; {@code null}: another saga
     */
    public synchronized boolean wentOnWithout(String path, @Nullable String name) {
        return known.stream()
                        .filter(step -> step.step().name().equals(name) && !taken.contains(step.step()))
                        .noneMatch(step -> Objects.equals(step.path(), path))
                && recorded.stream()
                        .filter(step -> !taken.contains(step.step()))
                        .anyMatch(step -> step.path() != null
                                && !step.path().equals(path)
                                && BranchPaths.comesInOrder(step.path(), path));
    }

    /**
     * A step's block asks for a command, in the branch of this path. In what order its branches do, says nothing.
     *
     * @throws OtherPathException an earlier run sent another one here, or may have; this run gets no step at all from then on
     */
    public synchronized void asks(StepState step, String command, String path) {
        if (otherPath != null) {
            throw new OtherPathException(otherPath);
        }
        if (earlier.containsKey(step.step())) {
            commands.chosenInstead(step, command, path)
                    .or(() -> BranchPaths.isSameBut(step.enlistment().path(), path)
                            ? commands.instead(step, command, before, now)
                            : Optional.empty())
                    .ifPresent(instead -> leave("the log has %s next, the route asked for %s (step %s)"
                            .formatted(instead, command, step.step())));
        }
    }

    /** A step's block has come to its end. @throws OtherPathException without a command that is on its way */
    public synchronized void ends(StepState step) {
        Optional<String> sent = earlier.containsKey(step.step()) ? commands.leftOut(step) : Optional.empty();
        sent.ifPresent(
                one -> leave("the log has %s next, the route came to the end of step %s".formatted(one, step.step())));
    }

    private static String named(SagaEvent.Enlist asked) {
        return asked.step().name() + (asked.path() == null || asked.path().isEmpty() ? "" : " in " + asked.path());
    }

    private @Nullable Step firstFree(List<StepState> steps, String name, Predicate<SagaEvent.Enlist> place) {
        for (StepState known : steps) {
            Step step = known.step();
            if (step.name().equals(name) && !taken.contains(step) && place.test(known.enlistment())) {
                return step;
            }
        }
        return null;
    }

    private static int lastOccurrence(List<StepState> steps, String name) {
        int last = 0;
        for (StepState known : steps) {
            if (known.step().name().equals(name)) {
                last = Math.max(last, known.step().occurrence());
            }
        }
        return last;
    }

    /** Until 0.1, and of what events asked for, the log has no path; then for a while one without nodes. */
    private static boolean isAt(SagaEvent.Enlist known, SagaEvent.Enlist asked) {
        return known.path() == null || asked.path() == null
                ? Objects.equals(known.branch(), asked.branch())
                : BranchPaths.isOld(known.path(), asked.path());
    }

    /** The first step that a branch, or one that it came from, had taken, and has not taken in this run. */
    private Optional<Step> nextBefore(@Nullable String path) {
        return recorded.stream()
                .filter(step -> step.path() != null
                        && path != null
                        && (BranchPaths.comesInOrder(step.path(), path)
                                || BranchPaths.hasComeBack(step.path(), path) && stopped.isToBeMet(step)))
                .map(SagaEvent.Enlist::step)
                .filter(step -> !taken.contains(step) && !isGone(step))
                .findFirst();
    }

    private boolean isGone(Step step) {
        return before != null && now != null && before.gains(step.name(), now);
    }

    /**
     * The route has come to its end. That it does not come again to a branch that was stopped says nothing.
     *
     * @throws OtherPathException it did not take a step that the log has, and that is still in the route
     */
    public synchronized void endOfRoute() {
        if (otherPath != null) {
            throw new OtherPathException(otherPath);
        }
        recorded.stream()
                .filter(step -> stopped.isToBeMet(step) && !taken.contains(step.step()) && !isGone(step.step()))
                .findFirst()
                .ifPresent(step -> leave("the log has %s next, the route came to its end".formatted(step.step())));
    }

    /** True when an earlier run began a step in this branch, or in one within it. */
    public synchronized boolean hasBegunIn(String branch) {
        return known.stream().anyMatch(step -> step.path() != null && BranchPaths.isWithin(step.path(), branch));
    }

    /** What a node divided at this path was given up: which of its branches were begun may depend on which was quicker. */
    public synchronized void stopped(String path, String node) {
        stopped.add(path, node);
    }

    /** An earlier run has begun a step of one of these names to which this one has not come yet. */
    public synchronized boolean isToCome(Set<String> names) {
        return recorded.stream().anyMatch(one -> names.contains(one.step().name()) && !taken.contains(one.step()));
    }

    /** @throws OtherPathException always: this run gets no step at all from now on */
    public synchronized void leave(String difference) {
        otherPath = difference;
        throw new OtherPathException(difference);
    }

    /** In what this run of the route differs from the log; empty: in nothing, so far. */
    public synchronized Optional<String> otherPath() {
        return Optional.ofNullable(otherPath);
    }
}
