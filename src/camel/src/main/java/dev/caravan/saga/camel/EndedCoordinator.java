package dev.caravan.saga.camel;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.state.SagaEvent;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.apache.camel.saga.CamelSagaCoordinator;
import org.apache.camel.saga.CamelSagaStep;

/**
 * A saga that has ended, as its route sees it that is gone through once more, because that of its parent is run again. Its
 * steps and commands are answered from its log; one that is not there is refused. It ends as it had ended.
 */
final class EndedCoordinator implements CamelSagaCoordinator {

    private final LiveSaga saga;
    private final boolean starts;

    /** @param starts for the block that starts the saga, not for one that joins it */
    EndedCoordinator(LiveSaga saga, boolean starts) {
        this.saga = saga;
        this.starts = starts;
    }

    /** For a block within such a route. */
    static Optional<CamelSagaCoordinator> of(Exchange exchange, String longRunningAction) {
        String id = LongRunningAction.lastOf(longRunningAction);
        return SagaId.isValid(id)
                ? SagaContext.of(exchange).ended(new SagaId(id)).map(saga -> new EndedCoordinator(saga, false))
                : Optional.empty();
    }

    @Override
    public String getId() {
        return LongRunningAction.of(saga.state());
    }

    @Override
    public CompletableFuture<Void> beginStep(Exchange exchange, CamelSagaStep step) {
        return Failures.asFuture(
                () -> (starts ? SagaEnlistment.ofStart(exchange, step) : SagaEnlistment.of(exchange, step))
                        .map(enlistment -> enlistment
                                .into(saga, EndedCoordinator::isUndone)
                                .<Void>thenApply(known -> null))
                        .orElseGet(() -> CompletableFuture.completedFuture(null)));
    }

    /** It has ended: who asks for more of it is told so by what comes of it. */
    private static CompletableFuture<Void> isUndone(SagaEvent reason) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> compensate(Exchange exchange) {
        SagaEnds.tell(exchange, saga);
        return SagaEnds.expect(saga.state(), SagaStatus.COMPENSATED, "compensate again");
    }

    @Override
    public CompletableFuture<Void> complete(Exchange exchange) {
        if (Failures.met(exchange).isPresent()) {
            return compensate(exchange);
        }
        SagaEnds.tell(exchange, saga);
        return SagaEnds.expect(saga.state(), SagaStatus.COMPLETED, "complete again");
    }
}
