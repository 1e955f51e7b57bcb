package dev.caravan.saga.camel;

import dev.caravan.saga.Printable;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.StepKind;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.OtherPathException;
import dev.caravan.saga.engine.SagaLogger;
import dev.caravan.saga.engine.SagaRequests;
import dev.caravan.saga.participant.AfterCommit;
import dev.caravan.saga.state.EntryTooLargeException;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.StepLeft;
import dev.caravan.saga.state.StepState;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.support.ExchangeHelper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Writes down that the block of a step came to its end, and the message that it left. */
final class StepEnds {

    private static final Logger LOGGER = SagaLogger.of(StepEnds.class);
    private static final Optional<AfterCommit> AFTER_COMMIT = AfterCommit.find();
    private static final int MOST_CAUSES = 8;
    private static final Set<String> WARNED = ConcurrentHashMap.newKeySet();

    private StepEnds() {}

    /**
     * Of a step whose transaction is open, it is written after the commit, and by the commit's thread: what is rolled back
     * has not ended. Without a transaction of Spring's it is not written at all, and the step is in doubt after a crash.
     *
     * @return completes when it is durable, or waits for the commit; fails when that is not certain
     * @throws OtherPathException an earlier run of the block chose to send what this one did not
     */
    static CompletableFuture<Void> record(Exchange exchange, BlockRun run) {
        if (SagaContext.of(exchange).isPartOf(run.joinedSaga().id())) {
            run.joinedSaga()
                    .state()
                    .step(run.joinedStep())
                    .ifPresent(run.joinedSaga().recorded()::ends);
        }
        ExchangeHelper.prepareOutToIn(exchange);
        SagaEvent.StepEnd end = new SagaEvent.StepEnd(run.joinedStep(), left(exchange, run.within()));
        return whenCommitted(exchange, () -> append(run.joinedSaga(), end));
    }

    private static CompletableFuture<Void> whenCommitted(Exchange exchange, Supplier<CompletableFuture<Void>> end) {
        if (!exchange.isTransacted()) {
            return end.get();
        }
        afterCommit(() -> end.get().join(), () -> {});
        return CompletableFuture.completedFuture(null);
    }

    /** @return false, and neither will be run: no transaction of Spring's is open on this thread */
    static boolean afterCommit(Runnable then, Runnable otherwise) {
        return AFTER_COMMIT.map(commit -> commit.run(then, otherwise)).orElse(false);
    }

    /**
     * Like {@link #record}, of a saga that runs elsewhere, which is told by its log.
     *
     * @param failure with which the block broke off; empty: it did not
     */
    static CompletableFuture<Void> tell(
            Exchange exchange, SagaRequests requests, SagaId sagaId, Step step, Optional<Exception> failure) {
        if (failure.isPresent()) {
            return requests.ask(sagaId, brokenOff(exchange, step, failure.get(), List.of()));
        }
        ExchangeHelper.prepareOutToIn(exchange);
        SagaEvent.StepEnd end = new SagaEvent.StepEnd(step, left(exchange, List.of()));
        return whenCommitted(exchange, () -> unlessTooLarge(requests.ask(sagaId, end)));
    }

    /** Of a step whose block was run elsewhere; it may be heard again. */
    static void heard(LiveSaga saga, Step step, SagaEvent event) {
        Optional<StepState> known = saga.state().step(step).filter(one -> one.left() == null);
        boolean over = event instanceof SagaEvent.StepEnd
                ? saga.state().status() != SagaStatus.EXECUTING || isGivenUp(saga, step)
                : isOver(saga, step);
        if (known.isPresent() && !over) {
            saga.appendIfAllowed(event);
        }
    }

    /**
     * A block that broke off may have done what nobody knows again: that is written down, so that a route that goes on
     * meets the same when it is run again. Where a command alone failed, the log says so already.
     */
    static CompletableFuture<Void> breakOff(Exchange exchange, BlockRun run, Exception failure) {
        LiveSaga saga = run.joinedSaga();
        return isOver(saga, run.joinedStep()) || !run.mayHaveDonePlainWork(exchange.getContext())
                ? CompletableFuture.completedFuture(null)
                : saga.append(brokenOff(exchange, run.joinedStep(), failure, run.within()));
    }

    private static SagaEvent.StepUnknown brokenOff(Exchange exchange, Step step, Exception failure, List<Step> within) {
        return new SagaEvent.StepUnknown(
                step,
                UnfinishedSteps.BLOCK,
                Failures.text(failure),
                failure.getClass().getName(),
                within,
                left(exchange, List.of()),
                causes(failure));
    }

    /** A route tells exceptions apart by what caused them, too. */
    private static @Nullable List<String> causes(Exception failure) {
        List<String> causes = Stream.iterate(failure.getCause(), Objects::nonNull, Throwable::getCause)
                .limit(MOST_CAUSES)
                .map(cause -> cause.getClass().getName())
                .toList();
        return causes.isEmpty() ? null : causes;
    }

    /** The route goes on while this step is at work: it has broken off, and does so again when the route is run again. */
    static CompletableFuture<Void> giveUp(LiveSaga saga, Step step, String why) {
        return isOver(saga, step)
                ? CompletableFuture.completedFuture(null)
                : saga.append(new SagaEvent.StepUnknown(
                        step, UnfinishedSteps.BLOCK, why, TimeoutException.class.getName(), null, null, null));
    }

    /** True when it does not matter how the step breaks off: it is tried again, or its route did not wait for it. */
    private static boolean isOver(LiveSaga saga, Step step) {
        return saga.isGone()
                || saga.state().status() != SagaStatus.EXECUTING
                || saga.state().passedPivot()
                || saga.state()
                        .step(step)
                        .filter(known -> known.enlistment().kind() == StepKind.RETRIABLE)
                        .isPresent()
                || isGivenUp(saga, step);
    }

    private static boolean isGivenUp(LiveSaga saga, Step step) {
        return saga.state()
                .step(step)
                .filter(known -> known.failures().containsKey(UnfinishedSteps.BLOCK))
                .isPresent();
    }

    private static StepLeft left(Exchange exchange, List<Step> within) {
        try {
            KeptMessage message = KeptMessage.of(exchange);
            return new StepLeft(
                    message.body(),
                    message.headers(),
                    message.kept(),
                    within,
                    null,
                    exchange.isRouteStop() ? true : null);
        } catch (NotKeptException e) {
            if (WARNED.add(exchange.getFromRouteId() + "/" + Steps.nameOfRoute(exchange))) {
                LOGGER.warn(
                        "The message that step {} leaves is not kept, first seen with saga {}: after a crash behind it, the step is undone and the saga"
                                + " with it; a route that has caught its failure goes on with the message from before it. {}",
                        Steps.nameOfRoute(exchange),
                        MentionedSaga.inFull(exchange),
                        Printable.of(e.getMessage()));
            }
            return StepLeft.unkept(String.valueOf(e.getMessage()), within);
        }
    }

    /**
     * Of a saga that is being ended, and of a step for which its route did not wait, nobody asks any more. One that is too
     * large is written down without the message.
     */
    private static CompletableFuture<Void> append(LiveSaga saga, SagaEvent.StepEnd end) {
        return saga.state().status() != SagaStatus.EXECUTING || isGivenUp(saga, end.step())
                ? CompletableFuture.completedFuture(null)
                : unlessTooLarge(saga.append(end));
    }

    private static CompletableFuture<Void> unlessTooLarge(CompletableFuture<Void> appended) {
        return appended.exceptionallyCompose(failure -> Failures.cause(failure) instanceof EntryTooLargeException
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.failedFuture(failure));
    }
}
