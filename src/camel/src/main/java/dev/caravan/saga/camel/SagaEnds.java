package dev.caravan.saga.camel;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.state.SagaState;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;

/** What an exchange that asks for the end of a saga is told of it. */
final class SagaEnds {

    private SagaEnds() {}

    /**
     * Whether a compensation or completion of the saga asks for an end of that saga. Its own end is under way, so that it is
     * asked for nothing; the other one cannot be any more. Neither is waited for: the saga waits for this exchange.
     *
     * @param asked COMPENSATION or COMPLETION
     * @return what to answer; empty for any other exchange
     */
    static Optional<CompletableFuture<Void>> ofCallback(Exchange exchange, LiveSaga saga, Phase asked) {
        SagaContext context = SagaContext.of(exchange);
        if (context.phase() == Phase.ACTION || !context.isPartOf(saga.id())) {
            return Optional.empty();
        }
        return Optional.of(
                context.phase() == asked
                        ? CompletableFuture.completedFuture(null)
                        : CompletableFuture.failedFuture(
                                new IllegalStateException("The %s of step %s cannot ask for the %s of its saga %s"
                                        .formatted(context.phase(), context.step(), asked, saga.id()))));
    }

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
