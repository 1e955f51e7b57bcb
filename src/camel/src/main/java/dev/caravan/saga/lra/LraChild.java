package dev.caravan.saga.lra;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.camel.ChildSagas;
import dev.caravan.saga.camel.KeptMessage;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.lra.LraClient.Lra;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.apache.camel.saga.CamelSagaCoordinator;

/** How a saga begins within another: its LRA is one of its own. */
final class LraChild implements ChildSagas.Beginning {

    private final ChildSagas children;
    private final LraStarts starts;
    private final Exchange exchange;
    private final KeptMessage message;
    private final long limit;
    private final Function<LiveSaga, CamelSagaCoordinator> coordinator;

    /** @param limit in ms; 0: none */
    LraChild(
            ChildSagas children,
            LraStarts starts,
            Exchange exchange,
            long limit,
            Function<LiveSaga, CamelSagaCoordinator> coordinator) {
        this.children = children;
        this.starts = starts;
        this.exchange = exchange;
        this.message = KeptMessage.of(exchange);
        this.limit = limit;
        this.coordinator = coordinator;
    }

    @Override
    public CompletableFuture<String> reserve(LiveSaga parent) {
        return starts.lra(limit, id -> children.isNear(id, parent.id())).thenApply(Lra::id);
    }

    @Override
    public CompletableFuture<LiveSaga> start(String longRunningAction, SagaId parent) {
        return starts.saga(new Lra(longRunningAction), exchange, message, parent);
    }

    @Override
    public CamelSagaCoordinator coordinator(LiveSaga saga) {
        return coordinator.apply(saga);
    }
}
