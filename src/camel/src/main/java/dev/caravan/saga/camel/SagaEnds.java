package dev.caravan.saga.camel;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.state.SagaState;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;

/** What an exchange that asks for the end of a saga is told of it. */
final class SagaEnds {

    private SagaEnds() {}

    /** Tells the exchange how the saga ended, if it has. */
    static void tell(Exchange exchange, LiveSaga saga) {
        SagaStatus status = saga.state().status();
        if (status.isTerminal()) {
            exchange.setProperty(SagaConstants.SAGA_STATUS, status.name());
        }
    }

    /** @return fails when the saga has ended otherwise than it was asked */
    static CompletableFuture<Void> expect(SagaState ended, SagaStatus wanted, String verb) {
        if (ended.status() == wanted) {
            return CompletableFuture.completedFuture(null);
        }
        return CompletableFuture.failedFuture(
                ended.status() == SagaStatus.FAILED
                        ? new SagaFailedException(ended)
                        : new IllegalStateException("Cannot %s: status is %s (saga %s %s: %s)"
                                .formatted(verb, ended.status(), ended.name(), ended.sagaId(), ended.problem())));
    }
}
