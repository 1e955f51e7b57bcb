package dev.caravan.saga.camel;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.engine.SagaTimers;
import dev.caravan.saga.engine.StepRefusedException;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.state.IllegalTransitionException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.apache.camel.saga.CamelSagaCoordinator;
import org.apache.camel.saga.CamelSagaStep;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One saga of mode {@code log} as the Saga EIP sees it. Nothing here throws: futures fail instead. */
final class LogSagaCoordinator implements CamelSagaCoordinator {

    private static final Logger LOGGER = LoggerFactory.getLogger(LogSagaCoordinator.class);

    private final LiveSaga saga;
    private final LogOutcome outcome;
    private final ForwardRuns forward;
    private final SagaHost host;
    private final boolean starts;

    /** @param starts for the block that starts the saga, not for one that joins it */
    LogSagaCoordinator(LiveSaga saga, LogOutcome outcome, ForwardRuns forward, SagaHost host, boolean starts) {
        this.starts = starts;
        this.forward = forward;
        this.saga = saga;
        this.outcome = outcome;
        this.host = host;
    }

    @Override
    public String getId() {
        return saga.id().value();
    }

    @Override
    public CompletableFuture<Void> beginStep(Exchange exchange, CamelSagaStep step) {
        return Failures.asFuture(() -> {
            SagaRun.check(exchange, saga);
            Optional<SagaEnlistment> enlistment =
                    starts ? SagaEnlistment.ofStart(exchange, step) : SagaEnlistment.of(exchange, step);
            SagaStatus status = saga.state().status();
            if (status != SagaStatus.EXECUTING) {
                boolean ofRoute = SagaRun.isPart(exchange, saga.id()) && Steps.phaseOf(exchange) == Phase.ACTION;
                if (enlistment.isEmpty() && !ofRoute) {
                    return CompletableFuture.completedFuture(null); // it only asks for an end that came
                }
                throw new StepRefusedException("Cannot begin: status is " + status);
            }
            noteBranch(exchange);
            long timeLimit = step.getTimeoutInMilliseconds().orElse(0L);
            return SagaTimers.limit(saga, host.timers().clock(), timeLimit, () -> outcome.watchDeadline(saga))
                    .thenCompose(limited -> enlistment
                            .map(joining -> OtherPaths.<Void>stopping(
                                    exchange,
                                    saga,
                                    null,
                                    Failures.called(() ->
                                                    joining.into(saga, reason -> outcome.compensate(saga, reason)))
                                            .thenApply(enlisted -> null)))
                            .orElseGet(() -> CompletableFuture.completedFuture(null)));
        });
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
        Optional<CompletableFuture<Void>> callback = SagaRun.ofCallback(exchange, saga, Phase.COMPENSATION);
        if (callback.isPresent()) {
            return callback.get();
        }
        if (Passivation.hasEnded(exchange) || OtherPaths.isLeft(exchange, saga)) {
            return CompletableFuture.completedFuture(null);
        }
        if (!exchange.isTransacted()) {
            workIsDone(exchange);
        }
        Exception original = exchange.getException();
        return Failures.asFuture(() -> {
            SagaRun.check(exchange, saga);
            if (SagaRun.isPart(exchange, saga.id()) && ForwardRuns.isOnlyWay(saga)) {
                return forward.again(saga, Failures.text(exchange.getException()))
                        .thenAccept(ended -> goesOnWell(exchange));
            }
            if (isOnlyTold(exchange)) {
                return decided(outcome.compensate(saga, SagaEnlistment.reasonToCompensate(exchange)), "undo");
            }
            return outcome.compensateToTheEnd(saga, SagaEnlistment.reasonToCompensate(exchange))
                    .whenComplete((done, failure) -> {
                        SagaRun.tell(exchange, saga);
                        if (failure != null && original != null) {
                            Failures.cause(failure).addSuppressed(original);
                        }
                    });
        });
    }

    /** A route that broke off has not done its steps, also when it handled the exception: its saga is compensated. */
    @Override
    public CompletableFuture<Void> complete(Exchange exchange) {
        Optional<CompletableFuture<Void>> callback = SagaRun.ofCallback(exchange, saga, Phase.COMPLETION);
        if (callback.isPresent()) {
            return callback.get();
        }
        if (Passivation.hasEnded(exchange) || OtherPaths.isLeft(exchange, saga)) {
            return CompletableFuture.completedFuture(null);
        }
        if (Failures.met(exchange).isPresent()) {
            return compensate(exchange);
        }
        workIsDone(exchange);
        return Failures.asFuture(() -> {
            SagaRun.check(exchange, saga);
            if (isOnlyTold(exchange)) {
                return decided(outcome.complete(saga, exchange), "complete");
            }
            return OtherPaths.stopping(exchange, saga, null, outcome.completeToTheEnd(saga, exchange))
                    .whenComplete((done, failure) -> SagaRun.tell(exchange, saga));
        });
    }

    /**
     * True for an exchange that goes on when the end is decided. One whose transaction is open must: what it has done
     * holds locks, for which compensations and completions would wait while it waits for them. They begin when the
     * exchange is done, after its transaction, or when the timeout for branches is over.
     */
    private boolean isOnlyTold(Exchange exchange) {
        return exchange.isTransacted() || !SagaRun.isPart(exchange, saga.id());
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
                        saga.id(),
                        saga.state().status(),
                        verb);
                return CompletableFuture.completedFuture(null);
            }
            return CompletableFuture.failedFuture(failure);
        });
    }

    /** What went wrong in between is of no account for the saga that completed after all. */
    private void goesOnWell(Exchange exchange) {
        SagaRun.tell(exchange, saga);
        exchange.setException(null);
    }

    /** Who ends the saga has no work left in it, nor has the exchange of which it is a branch. */
    private void workIsDone(Exchange exchange) {
        saga.workers().remove(exchange.getExchangeId());
        saga.workers().remove(exchange.getProperty(Exchange.CORRELATION_ID, String.class));
    }
}
