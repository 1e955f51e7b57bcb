package dev.caravan.saga.lra;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.camel.KeptMessage;
import dev.caravan.saga.camel.SagaStart;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.lra.LraClient.Lra;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** Starts sagas: an LRA first, then START in the log. An LRA whose saga does not start is cancelled. */
final class LraStarts {

    private static final int ATTEMPTS = 200;

    private final SagaHost host;
    private final LraClient client;
    private final Duration timeout;

    /** @param timeout how long a saga waits to be started until this instance owns a partition */
    LraStarts(SagaHost host, LraClient client, Duration timeout) {
        this.host = host;
        this.client = client;
        this.timeout = timeout;
    }

    /**
     * Starts LRAs until one has an id in a partition that this instance owns: the coordinator chooses the id.
     *
     * @param limit in ms; 0: none
     * @param wanted what the id has to be beside
     */
    CompletableFuture<Lra> lra(long limit, Predicate<SagaId> wanted) {
        return lra(limit, wanted, 1);
    }

    private CompletableFuture<Lra> lra(long limit, Predicate<SagaId> wanted, int attempt) {
        return SagaStart.whenReady(host, timeout)
                .thenCompose(ready -> client.start(limit))
                .thenCompose(lra -> {
                    SagaId id = new SagaId(lra.uid());
                    if (host.ownership().owns(id) && wanted.test(id) || attempt == ATTEMPTS) {
                        return CompletableFuture.completedFuture(lra);
                    }
                    client.cancel(lra);
                    return lra(limit, wanted, attempt + 1);
                });
    }

    /** @param parent the saga in whose route it begins; {@code null}: none */
    CompletableFuture<LiveSaga> saga(Lra lra, Exchange exchange, KeptMessage message, @Nullable SagaId parent) {
        return SagaStart.start(host, new SagaId(lra.uid()), lra.id(), exchange, message, parent)
                .whenComplete((saga, failure) -> {
                    if (failure != null) {
                        client.cancel(lra);
                    }
                });
    }
}
