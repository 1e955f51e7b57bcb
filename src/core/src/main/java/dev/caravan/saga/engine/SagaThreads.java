package dev.caravan.saga.engine;

import java.util.concurrent.Executor;

/**
 * Who works for whom in an instance: what does not block has threads of its own, and never waits for what does.
 *
 * @param engine runs what follows an append, a reply or a timer, which does not block; must accept every task
 * @param workers run what may block, but no routes
 * @param routes run the routes of sagas
 * @param callbacks run compensations and completions
 */
public record SagaThreads(Executor engine, Executor workers, RouteThreads routes, RouteThreads callbacks) {

    /** Of an application whose routes do not block: they run on the executor, too. */
    public static SagaThreads of(Executor executor) {
        return new SagaThreads(executor, executor, RouteThreads.none(), RouteThreads.none());
    }

    /** Where a route goes on after what the engine has done for it. */
    Executor ofRoutes() {
        return routes.or(engine);
    }
}
