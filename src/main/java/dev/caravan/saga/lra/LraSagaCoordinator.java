package dev.caravan.saga.lra;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.camel.Failures;
import dev.caravan.saga.camel.SagaEnlistment;
import dev.caravan.saga.camel.SagaFailedException;
import dev.caravan.saga.host.LiveSaga;
import dev.caravan.saga.lra.LraClient.Lra;
import dev.caravan.saga.machine.SagaState;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.apache.camel.saga.CamelSagaCoordinator;
import org.apache.camel.saga.CamelSagaStep;

/** One saga as the Saga EIP sees it. Nothing here throws: the EIP would hang; futures fail instead. */
final class LraSagaCoordinator implements CamelSagaCoordinator {

    private final LiveSaga saga;
    private final Lra lra;
    private final LraClient client;
    private final LraOutcome outcome;
    private final LraLinks links;

    LraSagaCoordinator(LiveSaga saga, Lra lra, LraClient client, LraOutcome outcome, LraLinks links) {
        this.saga = saga;
        this.lra = lra;
        this.client = client;
        this.outcome = outcome;
        this.links = links;
    }

    @Override
    public String getId() {
        return lra.id();
    }

    @Override
    public CompletableFuture<Void> beginStep(Exchange exchange, CamelSagaStep step) {
        return Failures.asFuture(() -> join(exchange, step));
    }

    private CompletableFuture<Void> join(Exchange exchange, CamelSagaStep step) {
        long timeLimit = step.getTimeoutInMilliseconds().orElse(0L);
        boolean participates =
                step.getCompensation().isPresent() || step.getCompletion().isPresent();
        CompletableFuture<Void> limited =
                timeLimit > 0 && !participates ? client.limit(lra, timeLimit) : CompletableFuture.completedFuture(null);
        return SagaEnlistment.of(exchange, step)
                .map(enlistment -> limited.thenCompose(done -> enlistment.into(saga))
                        .thenCompose(enlisted -> participates
                                ? client.join(lra, links.of(saga.id(), enlisted, step), timeLimit)
                                : CompletableFuture.<Void>completedFuture(null)))
                .orElse(limited);
    }

    @Override
    public CompletableFuture<Void> compensate(Exchange exchange) {
        return Failures.asFuture(() -> outcome.cancel(saga, lra, SagaEnlistment.reasonToCompensate(exchange))
                .thenCompose(state -> expect(SagaStatus.COMPENSATED, state)));
    }

    @Override
    public CompletableFuture<Void> complete(Exchange exchange) {
        return Failures.asFuture(
                () -> outcome.close(saga, lra).thenCompose(state -> expect(SagaStatus.COMPLETED, state)));
    }

    private static CompletableFuture<Void> expect(SagaStatus wanted, SagaState state) {
        if (state.status() == wanted) {
            return CompletableFuture.completedFuture(null);
        }
        return CompletableFuture.failedFuture(
                state.status() == SagaStatus.FAILED
                        ? new SagaFailedException(state)
                        : new IllegalStateException("Saga %s %s is %s: %s"
                                .formatted(state.name(), state.sagaId(), state.status(), state.reason())));
    }
}
