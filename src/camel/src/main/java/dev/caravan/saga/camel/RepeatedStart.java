package dev.caravan.saga.camel;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.engine.Begun;
import dev.caravan.saga.engine.EndedSaga;
import dev.caravan.saga.engine.SagaHost;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.apache.camel.saga.CamelSagaCoordinator;
import org.apache.camel.saga.CamelSagaStep;

/**
 * What an exchange gets that asks for a saga which it does not run itself: one that begins later, or that of its key, which
 * somebody else runs, or has run. An exchange that waits
 * for the saga's route waits for the end, and is then answered from the log, as after a crash: it sees what the first one
 * saw, and no step is done again. One of {@link SagaStarter}, or before a block that leaves the saga open, waits for
 * nothing, and the block is not gone through.
 */
public final class RepeatedStart implements CamelSagaCoordinator {

    private final SagaId saga;

    private RepeatedStart(SagaId saga) {
        this.saga = saga;
    }

    public static CompletableFuture<CamelSagaCoordinator> of(SagaHost host, Exchange exchange, Begun begun) {
        exchange.getIn().setHeader(SagaConstants.SAGA_ID, begun.saga().value());
        BlockRun run = SagaContext.of(exchange).block();
        boolean endsWithRoute = run == null || !run.block().isEndedByHand();
        if (SagaStart.repeated(exchange, begun, () -> host.keys().ended(begun.saga())) || !endsWithRoute) {
            return CompletableFuture.completedFuture(new RepeatedStart(begun.saga()));
        }
        return host.keys().ended(begun.saga()).thenApply(state -> {
            var ended = EndedSaga.of(host, state);
            SagaContext.bind(exchange, ended);
            return RouteCoordinator.of(
                    new EndedCoordinator(ended, true), host.threads().routes());
        });
    }

    /** For an exchange whose saga begins at a time that has yet to come: it waits for nothing. */
    static CompletableFuture<CamelSagaCoordinator> scheduled(SagaHost host, Exchange exchange, Begun begun) {
        exchange.getIn().setHeader(SagaConstants.SAGA_ID, begun.saga().value());
        SagaStart.repeated(exchange, begun, () -> host.keys().ended(begun.saga()));
        return CompletableFuture.completedFuture(new RepeatedStart(begun.saga()));
    }

    /** True for an exchange that does not go through its block. */
    static boolean skips(Exchange exchange) {
        SagaContext context = SagaContext.of(exchange);
        if (context.isRepeated()) {
            context.repeating(false).on(exchange);
        }
        return context.isRepeated();
    }

    @Override
    public String getId() {
        return saga.value();
    }

    @Override
    public CompletableFuture<Void> beginStep(Exchange exchange, CamelSagaStep step) {
        SagaContext.of(exchange).repeating(true).on(exchange);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> compensate(Exchange exchange) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> complete(Exchange exchange) {
        return CompletableFuture.completedFuture(null);
    }
}
