package dev.caravan.saga.camel;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.OpenSteps.Open;
import dev.caravan.saga.engine.OtherPathException;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.StepState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;

/**
 * What is to be done before a saga completes, so that it does not end over a step in doubt: what its route has begun and
 * nobody joined is waited for, and the steps that the route went around are undone. Meanwhile the saga is EXECUTING; a crash
 * has the route run again, which finds the same steps.
 */
public final class UnfinishedSteps {

    /** Stands for the block of a step in place of a command. */
    static final String BLOCK = "<saga>";

    private final StepCallbacks callbacks;
    private final SagaHost host;
    private final Duration patience;

    /** @param patience how long steps without a command that is outstanding are waited for; a command has its own time-out */
    public UnfinishedSteps(StepCallbacks callbacks, SagaHost host, Duration patience) {
        this.callbacks = callbacks;
        this.host = host;
        this.patience = patience;
    }

    /**
     * @param ending the exchange that asks for the end, which is not waited for; {@code null}: none
     * @return empty when the saga may complete, or is not EXECUTING any more; otherwise the FAIL for which it is to be undone
     */
    public CompletableFuture<Optional<SagaEvent>> end(LiveSaga saga, Exchange ending, String longRunningAction) {
        if (saga.isGone() || saga.state().status() != SagaStatus.EXECUTING) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        List<Open> others = saga.open().which(open -> ending == null || !isOf(open, ending));
        List<Open> commands = others.stream().filter(Open::isCommand).toList();
        if (others.isEmpty()) {
            return settle(saga, ending, longRunningAction);
        }
        List<Open> asides = others.stream().filter(open -> open.step() == null).toList();
        if (asides.size() == others.size()) {
            return host.timers()
                    .await(ended(asides), patience)
                    .thenComposeAsync(
                            inTime -> {
                                asides.forEach(Open::end);
                                return end(saga, ending, longRunningAction);
                            },
                            host.executor());
        }
        if (!commands.isEmpty()) {
            return ended(commands).thenComposeAsync(done -> end(saga, ending, longRunningAction), host.executor());
        }
        List<Open> blocks = others.stream().filter(open -> open.step() != null).toList();
        return host.timers()
                .await(ended(blocks), patience)
                .thenComposeAsync(
                        inTime -> inTime || saga.state().passedPivot() || hasGoneOn(saga, blocks)
                                ? end(saga, ending, longRunningAction)
                                : fail(
                                        blocks.get(0).step(),
                                        "is still at work %d ms after the saga was to complete"
                                                .formatted(patience.toMillis())),
                        host.executor());
    }

    /** One of them has ended meanwhile, or has sent a command. */
    private static boolean hasGoneOn(LiveSaga saga, List<Open> others) {
        return !saga.open().which(open -> !open.isCommand()).containsAll(others)
                || !saga.open().which(Open::isCommand).isEmpty();
    }

    private static CompletableFuture<Void> ended(List<Open> all) {
        return CompletableFuture.allOf(all.stream().map(Open::ended).toArray(CompletableFuture[]::new));
    }

    private static boolean isOf(Open open, Exchange ending) {
        return open == SagaBlocks.openOf(ending)
                || open.exchangeId().equals(ending.getExchangeId())
                || open.exchangeId().equals(ending.getProperty(Exchange.CORRELATION_ID, String.class));
    }

    /** The latest step comes first. */
    private CompletableFuture<Optional<SagaEvent>> settle(LiveSaga saga, Exchange ending, String longRunningAction) {
        boolean onlyForward = saga.state().passedPivot();
        Optional<OtherPathException> other = OtherPaths.atEnd(ending, saga);
        if (other.isPresent()) {
            return OtherPaths.isLeft(ending, saga)
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
            Optional<String> broken = saga.open().brokeOff(step.step()).or(() -> leftBehind(saga, step));
            boolean undone = RemainingSteps.isToBeCompensated(step);
            if (broken.isPresent() && (undone || step.status() == StepStatus.ENLISTED)) {
                return undo(saga, step, broken.get(), longRunningAction)
                        .thenCompose(done -> end(saga, ending, longRunningAction));
            }
            if (step.hasCommandInDoubt() && undone && !onlyForward) {
                return fail(step.step(), "is in doubt: its route went on after a command of it was not answered");
            }
        }
        return CompletableFuture.completedFuture(Optional.empty());
    }

    /** What was done before its step was taken out of the route stays done. */
    private static Optional<String> leftBehind(LiveSaga saga, StepState step) {
        return step.status() != StepStatus.SUCCEEDED && saga.recorded().isLeftBehind(step.step())
                ? Optional.of("It is not in the route of the saga any more")
                : Optional.empty();
    }

    /** Of a step without compensation, there is nothing to undo; it is not said to have succeeded. */
    private CompletableFuture<Void> undo(LiveSaga saga, StepState step, String error, String longRunningAction) {
        CompletableFuture<Void> known = step.status() == StepStatus.ENLISTED
                ? saga.append(new SagaEvent.StepUnknown(step.step(), BLOCK, error))
                : CompletableFuture.completedFuture(null);
        return known.thenCompose(done -> RemainingSteps.isToBeCompensated(step)
                ? callbacks.tryToCompensate(saga, step.step(), longRunningAction)
                : CompletableFuture.completedFuture(null));
    }

    private static CompletableFuture<Optional<SagaEvent>> fail(Step step, String why) {
        return CompletableFuture.completedFuture(
                Optional.of(new SagaEvent.Fail(step, "Step %s %s".formatted(step, why))));
    }
}
