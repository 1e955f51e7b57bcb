package dev.caravan.saga.camel;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.SagaLogger;
import dev.caravan.saga.engine.SagaTimers;
import dev.caravan.saga.engine.StepRefusedException;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.state.IllegalTransitionException;
import dev.caravan.saga.state.SagaEvent;
import java.time.Clock;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.apache.camel.saga.CamelSagaCoordinator;
import org.apache.camel.saga.CamelSagaStep;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;

/** One saga as the Saga EIP sees it, whoever decides how it ends. Nothing here throws: futures fail instead. */
final class SagaCoordinator implements CamelSagaCoordinator {

    private static final Logger LOGGER = SagaLogger.of(SagaCoordinator.class);

    private static final SagaEvent NOT_COMMITTED =
            new SagaEvent.Fail(null, "The transaction of its route was not committed");

    private final LiveSaga saga;
    private final Decider decider;
    private final ForwardRuns forward;
    private final Clock clock;
    private final OptionalLong startLimit;

    /**
     * @param startLimit for the block that starts the saga: the time limit with which it was started, in ms; 0: none, or
     *     long ago. Empty for a block that joins it.
     */
    SagaCoordinator(LiveSaga saga, Decider decider, ForwardRuns forward, Clock clock, OptionalLong startLimit) {
        this.saga = saga;
        this.decider = decider;
        this.forward = forward;
        this.clock = clock;
        this.startLimit = startLimit;
    }

    @Override
    public String getId() {
        return LongRunningAction.of(saga.state());
    }

    @Override
    public CompletableFuture<Void> beginStep(Exchange exchange, CamelSagaStep step) {
        return Failures.asFuture(() -> {
            SagaContext.of(exchange).check(saga);
            Optional<SagaEnlistment> enlistment =
                    startLimit.isPresent() ? SagaEnlistment.ofStart(exchange, step) : SagaEnlistment.of(exchange, step);
            SagaStatus status = saga.state().status();
            if (status != SagaStatus.EXECUTING) {
                boolean ofRoute = SagaContext.of(exchange).isPartOf(saga.id())
                        && SagaContext.of(exchange).phase() == Phase.ACTION;
                if (enlistment.isEmpty() && !ofRoute) {
                    return CompletableFuture.completedFuture(null); // it only asks for an end that came
                }
                throw new StepRefusedException("Cannot begin: status is " + status);
            }
            noteBranch(exchange);
            return OtherPaths.stopping(
                    exchange,
                    saga,
                    null,
                    Failures.called(() -> beforeAgain(exchange, enlistment))
                            .thenCompose(undone ->
                                    decider.begin(saga, step, startLimit, () -> enlist(exchange, step, enlistment))));
        });
    }

    /** A transaction that is open may hold what the compensation waits for: then it comes when the saga ends. */
    private CompletableFuture<Void> beforeAgain(Exchange exchange, Optional<SagaEnlistment> enlistment) {
        return enlistment.isEmpty() || exchange.isTransacted()
                ? CompletableFuture.completedFuture(null)
                : decider.beforeAgain(saga, enlistment.get().asked());
    }

    private CompletableFuture<Optional<Step>> enlist(
            Exchange exchange, CamelSagaStep step, Optional<SagaEnlistment> enlistment) {
        long timeLimit = step.getTimeoutInMilliseconds().orElse(0L);
        return SagaTimers.limit(saga, clock, timeLimit, () -> decider.watchDeadline(saga))
                .thenCompose(limited -> enlistment
                        .map(joining -> joining.into(saga, reason -> decider.undo(saga, reason, exchange))
                                .thenApply(Optional::of))
                        .orElseGet(() -> CompletableFuture.completedFuture(Optional.empty())));
    }

    /** A step's exchange is at work until it is done; a compensation from elsewhere waits for it. */
    private void noteBranch(Exchange exchange) {
        if (exchange.getUnitOfWork() == null || !saga.workers().add(exchange.getExchangeId())) {
            return;
        }
        exchange.getUnitOfWork().addSynchronization(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                saga.workers().remove(done.getExchangeId());
            }
        });
    }

    @Override
    public CompletableFuture<Void> compensate(Exchange exchange) {
        Optional<CompletableFuture<Void>> callback = SagaEnds.ofCallback(exchange, saga, Phase.COMPENSATION);
        if (callback.isPresent()) {
            return callback.get();
        }
        if (SagaContext.of(exchange).isLeft() || OtherPaths.isLeft(exchange, saga)) {
            return CompletableFuture.completedFuture(null);
        }
        if (!exchange.isTransacted()) {
            workIsDone(exchange);
        }
        Exception original = exchange.getException();
        return Failures.asFuture(() -> {
            SagaContext.of(exchange).check(saga);
            if (SagaContext.of(exchange).isPartOf(saga.id()) && ForwardRuns.isOnlyWay(saga)) {
                ChildSagas.leaveBehind(exchange, saga);
                return forward.again(saga, Failures.text(exchange.getException()))
                        .thenAccept(ended -> goesOnWell(exchange));
            }
            if (isOnlyTold(exchange)) {
                return decided(
                        decider.askToCompensate(saga, SagaEnlistment.reasonToCompensate(exchange), exchange), "undo");
            }
            return decider.compensate(saga, SagaEnlistment.reasonToCompensate(exchange))
                    .thenCompose(ended -> SagaEnds.expect(ended, SagaStatus.COMPENSATED, "compensate"))
                    .whenComplete((done, failure) -> {
                        SagaEnds.tell(exchange, saga);
                        if (failure != null && original != null) {
                            Failures.cause(failure).addSuppressed(original);
                        }
                    });
        });
    }

    /** A route that broke off has not done its steps, also when it handled the exception: its saga is compensated. */
    @Override
    public CompletableFuture<Void> complete(Exchange exchange) {
        Optional<CompletableFuture<Void>> callback = SagaEnds.ofCallback(exchange, saga, Phase.COMPLETION);
        if (callback.isPresent()) {
            return callback.get();
        }
        if (SagaContext.of(exchange).isLeft() || OtherPaths.isLeft(exchange, saga)) {
            return CompletableFuture.completedFuture(null);
        }
        if (Failures.met(exchange).isPresent()) {
            return compensate(exchange);
        }
        workIsDone(exchange);
        return Failures.asFuture(() -> {
            SagaContext.of(exchange).check(saga);
            if (saga.isGone() && SagaContext.of(exchange).isPartOf(saga.id())) {
                throw new IllegalStateException(
                        "Saga %s goes on in another instance, which decides how it ends".formatted(saga.id()));
            }
            ChildSteps children = ChildSteps.of(exchange.getContext());
            Optional<LiveSaga> parent = children.parentOf(saga);
            if (parent.isPresent()) {
                return OtherPaths.stopping(exchange, saga, null, hold(exchange, children, parent.get()));
            }
            if (isOnlyTold(exchange)) {
                return completeWhenCommitted(exchange);
            }
            CompletableFuture<Void> completed = decider.complete(saga, exchange)
                    .thenCompose(ended -> SagaEnds.expect(ended, SagaStatus.COMPLETED, "complete"));
            return OtherPaths.stopping(exchange, saga, null, completed)
                    .whenComplete((done, failure) -> SagaEnds.tell(exchange, saga));
        });
    }

    /** Steps in an open transaction may be rolled back: the saga completes behind the commit, or is undone. */
    private CompletableFuture<Void> completeWhenCommitted(Exchange exchange) {
        boolean waits = exchange.isTransacted()
                && StepEnds.afterCommit(
                        () -> askToComplete(exchange).join(),
                        () -> decided(decider.askToCompensate(saga, NOT_COMMITTED, exchange), "undo"));
        return waits ? CompletableFuture.completedFuture(null) : askToComplete(exchange);
    }

    private CompletableFuture<Void> askToComplete(Exchange exchange) {
        return decided(decider.askToComplete(saga, exchange), "complete");
    }

    /** Of a saga that ends with its parent. */
    private CompletableFuture<Void> hold(Exchange exchange, ChildSteps children, LiveSaga parent) {
        return decider.settle(saga, exchange)
                .thenCompose(failed -> failed.isEmpty()
                        ? children.hold(saga, parent)
                        : decider.compensate(saga, failed.get())
                                .thenCompose(ended -> SagaEnds.expect(ended, SagaStatus.COMPLETED, "complete")));
    }

    /**
     * True for an exchange that goes on when the end is decided. One whose transaction is open must: what it has done
     * holds locks, for which compensations and completions would wait while it waits for them.
     */
    private boolean isOnlyTold(Exchange exchange) {
        return exchange.isTransacted() || !SagaContext.of(exchange).isPartOf(saga.id());
    }

    /**
     * An event's route does not wait for the end of the saga, which would hold the thread that consumes events; and an
     * event that comes after the decision changes nothing.
     */
    private CompletableFuture<Void> decided(CompletableFuture<Void> decision, String verb) {
        return decision.exceptionallyCompose(failure -> {
            if (Failures.cause(failure) instanceof IllegalTransitionException) {
                LOGGER.info(
                        "Saga {} is {}: an event that asks to {} it comes too late",
                        saga,
                        saga.state().status(),
                        verb);
                return CompletableFuture.completedFuture(null);
            }
            return CompletableFuture.failedFuture(failure);
        });
    }

    /** What went wrong in between is of no account for the saga that completed after all. */
    private void goesOnWell(Exchange exchange) {
        SagaEnds.tell(exchange, saga);
        exchange.setException(null);
    }

    /** Who ends the saga has no work left in it, nor has the exchange of which it is a branch. */
    private void workIsDone(Exchange exchange) {
        saga.workers().remove(exchange.getExchangeId());
        saga.workers().remove(exchange.getProperty(Exchange.CORRELATION_ID, String.class));
    }
}
