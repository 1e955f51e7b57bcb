package dev.caravan.saga.camel;

import dev.caravan.saga.engine.RouteThreads;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.apache.camel.saga.CamelSagaCoordinator;
import org.apache.camel.saga.CamelSagaStep;

/**
 * A saga as a route sees it: the route goes on on a thread where it may block, and a transacted one on its own thread. The
 * saga may be one that has yet to be found.
 */
final class RouteCoordinator implements CamelSagaCoordinator {

    private final String id;
    private final CompletableFuture<CamelSagaCoordinator> found;
    private final RouteThreads threads;

    private RouteCoordinator(String id, CompletableFuture<CamelSagaCoordinator> found, RouteThreads threads) {
        this.id = id;
        this.found = found;
        this.threads = threads;
    }

    /** Of a saga that is known. */
    static CamelSagaCoordinator of(CamelSagaCoordinator saga, RouteThreads threads) {
        return new RouteCoordinator(saga.getId(), CompletableFuture.completedFuture(saga), threads);
    }

    /**
     * Of a saga that is being looked for; the EIP need not wait until it asks something of it.
     *
     * @param found must not fail
     */
    static CompletableFuture<CamelSagaCoordinator> of(
            String id, CompletableFuture<CamelSagaCoordinator> found, RouteThreads threads) {
        return CompletableFuture.completedFuture(new RouteCoordinator(id, found, threads));
    }

    @Override
    public String getId() {
        return id;
    }

    @Override
    public CompletableFuture<Void> beginStep(Exchange exchange, CamelSagaStep step) {
        LongRunningAction.enter(exchange, id);
        return ask(exchange, saga -> saga.beginStep(exchange, step));
    }

    @Override
    public CompletableFuture<Void> compensate(Exchange exchange) {
        return ask(exchange, saga -> saga.compensate(exchange));
    }

    @Override
    public CompletableFuture<Void> complete(Exchange exchange) {
        return ask(exchange, saga -> saga.complete(exchange));
    }

    /** The exchange may go through the route of a saga that has ended, which its id does not tell. */
    private CamelSagaCoordinator known(Exchange exchange, CamelSagaCoordinator saga) {
        return saga instanceof EndedCoordinator
                ? saga
                : EndedCoordinator.of(exchange, id).orElse(saga);
    }

    private CompletableFuture<Void> ask(
            Exchange exchange, Function<CamelSagaCoordinator, CompletableFuture<Void>> question) {
        CompletableFuture<Void> answer = Failures.asFuture(() ->
                RouteWait.of(exchange, found, threads).thenCompose(saga -> question.apply(known(exchange, saga))));
        return RouteWait.of(exchange, answer, threads);
    }
}
