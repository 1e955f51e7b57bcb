package dev.caravan.saga.camel;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.engine.EnlistedByEvents;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.OpenSteps.BrokenOff;
import dev.caravan.saga.engine.OpenSteps.Open;
import dev.caravan.saga.engine.OtherPathException;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.StepState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done before a saga completes, so that it does not end over a step in doubt: what its route has begun and
 * nobody joined is waited for, and the steps that the route went around are undone. Meanwhile the saga is EXECUTING; a crash
 * has the route run again, which finds the same steps.
 */
final class UnfinishedSteps {

    /** Stands for the block of a step in place of a command. */
    static final String BLOCK = "<saga>";

    private final StepCallbacks callbacks;
    private final SagaHost host;
    private final Duration timeout;

    /**
     * @param timeout how long steps without a command that is outstanding are waited for, from the last command on that one
     *     has sent; a command has its own time-out
     */
    UnfinishedSteps(StepCallbacks callbacks, SagaHost host, Duration timeout) {
        this.callbacks = callbacks;
        this.host = host;
        this.timeout = timeout;
    }

    /**
     * @param ending the exchange that asks for the end, which is not waited for; {@code null}: none
     * @return empty when the saga may complete, or is not EXECUTING any more; otherwise the FAIL for which it is to be undone
     */
    CompletableFuture<Optional<SagaEvent>> end(LiveSaga saga, @Nullable Exchange ending) {
        if (saga.isGone() || saga.state().status() != SagaStatus.EXECUTING) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        long sent = saga.open().commandsBegun();
        List<Open> others = saga.open().which(open -> ending == null || !isOf(open, ending));
        List<Open> commands = others.stream().filter(Open::isCommand).toList();
        if (others.isEmpty()) {
            return settle(saga, ending);
        }
        if (!commands.isEmpty()) {
            return ended(commands).thenComposeAsync(done -> end(saga, ending), host.executor());
        }
        return host.timers()
                .await(ended(others), timeout)
                .thenComposeAsync(
                        inTime -> inTime || saga.state().passedPivot() || hasGoneOn(saga, others, sent)
                                ? end(saga, ending)
                                : stillAtWork(others),
                        host.executor());
    }

    /** One of them has ended meanwhile, or has sent a command, which may have been answered, too. */
    private static boolean hasGoneOn(LiveSaga saga, List<Open> others, long sentBefore) {
        return !saga.open().which(open -> !open.isCommand()).containsAll(others)
                || saga.open().commandsBegun() != sentBefore;
    }

    private static CompletableFuture<Void> ended(List<Open> all) {
        return CompletableFuture.allOf(all.stream().map(Open::ended).toArray(CompletableFuture[]::new));
    }

    private static boolean isOf(Open open, Exchange ending) {
        return open == SagaContext.of(ending).open()
                || open.exchangeId().equals(ending.getExchangeId())
                || open.exchangeId().equals(ending.getProperty(Exchange.CORRELATION_ID, String.class));
    }

    /** The latest step comes first. */
    private CompletableFuture<Optional<SagaEvent>> settle(LiveSaga saga, @Nullable Exchange ending) {
        boolean onlyForward = saga.state().passedPivot();
        Optional<OtherPathException> other = OtherPaths.atEnd(ending, saga);
        if (other.isPresent()) {
            return OtherPaths.isLeft(Objects.requireNonNull(ending), saga)
                    ? CompletableFuture.failedFuture(other.get())
                    : CompletableFuture.completedFuture(
                            Optional.of(new SagaEvent.Fail(null, other.get().getMessage())));
        }
        List<StepState> steps = new ArrayList<>(saga.state().steps());
        Collections.reverse(steps);
        for (StepState step : steps) {
            if (!onlyForward && step.status() == StepStatus.COMPENSATION_FAILED) {
                return fail(step.step(), "could not be undone after the route had gone around it: " + step.error());
            }
            Optional<BrokenOff> broken = whyGivenUp(saga, step);
            boolean undone = RemainingSteps.isToBeCompensated(step);
            if (broken.isPresent() && (undone || step.status() == StepStatus.ENLISTED)) {
                return undo(saga, step, broken.get()).thenCompose(done -> end(saga, ending));
            }
            if (step.hasCommandInDoubt() && undone && !onlyForward) {
                return fail(step.step(), "is in doubt: its route went on after a command of it was not answered");
            }
        }
        return CompletableFuture.completedFuture(Optional.empty());
    }

    /**
     * A block may have broken off in an earlier run of the route, too; and what such a run left in doubt is not settled by
     * one that does not come to it, since a branch was stopped before, or the block around it is answered from the log.
     */
    private static Optional<BrokenOff> whyGivenUp(LiveSaga saga, StepState step) {
        Optional<BrokenOff> known = saga.open().brokeOff(step.step()).or(() -> Optional.ofNullable(
                        step.failures().get(BLOCK))
                .map(failure -> new BrokenOff(failure.error(), failure.within())));
        boolean left = step.status() != StepStatus.SUCCEEDED && saga.recorded().isNotMet(step.enlistment());
        return known.isEmpty() && left
                ? Optional.of(new BrokenOff("The route was run again after a crash and did not come to it", null))
                : known;
    }

    /**
     * A block is entered again that broke off before, as where a route tries again: its compensation cannot tell the two
     * times apart, so what the first did is undone before the second begins, and not behind it. A route that is run again and
     * comes to the first time itself is not there yet.
     *
     * @return completes when it is, or was given up
     */
    CompletableFuture<Void> beforeAgain(LiveSaga saga, SagaEvent.Enlist asked) {
        return saga.isGone()
                        || saga.state().status() != SagaStatus.EXECUTING
                        || saga.state().passedPivot()
                ? CompletableFuture.completedFuture(null)
                : saga.state().steps().stream()
                        .filter(step -> step.failures().containsKey(BLOCK) && RemainingSteps.isToBeCompensated(step))
                        .filter(step -> EnlistedByEvents.isSame(step.enlistment(), asked))
                        .filter(step -> !saga.recorded().isNotMet(step.enlistment()))
                        .filter(step -> !isAtWork(saga, step.step()))
                        .findFirst()
                        .map(step -> callbacks
                                .tryToCompensate(saga, step.step())
                                .thenCompose(done -> beforeAgain(saga, asked)))
                        .orElseGet(() -> CompletableFuture.completedFuture(null));
    }

    private static boolean isAtWork(LiveSaga saga, Step step) {
        return !saga.open()
                .which(open -> open.step().filter(step::equals).isPresent())
                .isEmpty();
    }

    /** Of a step without compensation, there is nothing to undo; it is not said to have succeeded. */
    private CompletableFuture<Void> undo(LiveSaga saga, StepState step, BrokenOff broken) {
        CompletableFuture<Void> known = step.status() == StepStatus.ENLISTED
                ? saga.append(new SagaEvent.StepUnknown(
                        step.step(), BLOCK, broken.error(), null, broken.within(), null, null))
                : CompletableFuture.completedFuture(null);
        return known.thenCompose(done -> RemainingSteps.isToBeCompensated(step)
                ? callbacks.tryToCompensate(saga, step.step())
                : CompletableFuture.completedFuture(null));
    }

    private CompletableFuture<Optional<SagaEvent>> stillAtWork(List<Open> all) {
        String why = "is still at work %d ms after the saga was to complete".formatted(timeout.toMillis());
        return all.stream()
                .flatMap(open -> open.step().stream())
                .findFirst()
                .map(step -> fail(step, why))
                .orElseGet(() -> failed(null, "A branch of the route that nobody waits for " + why));
    }

    private static CompletableFuture<Optional<SagaEvent>> fail(Step step, String why) {
        return failed(step, "Step %s %s".formatted(step, why));
    }

    private static CompletableFuture<Optional<SagaEvent>> failed(@Nullable Step step, String reason) {
        return CompletableFuture.completedFuture(Optional.of(new SagaEvent.Fail(step, reason)));
    }
}
