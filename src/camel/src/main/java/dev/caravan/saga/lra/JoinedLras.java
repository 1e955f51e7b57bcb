package dev.caravan.saga.lra;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.camel.KeptMessage;
import dev.caravan.saga.camel.LongRunningAction;
import dev.caravan.saga.camel.SagaStart;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.lra.LraClient.Lra;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;

/**
 * LRAs that were started elsewhere, by another application or another instance, and that steps of this one join. What
 * this application does in one is a saga of its own in the log, with an id that begins with the LRA's; the LRA's end is
 * its end. Its route is not run again after a crash: who called it, or the record that it came from, comes again.
 */
final class JoinedLras {

    private static final int ATTEMPTS = 100_000;

    private final SagaHost host;
    private final Duration startTimeout;
    private final Map<String, CompletableFuture<LiveSaga>> joined = new ConcurrentHashMap<>();

    JoinedLras(SagaHost host, Duration startTimeout) {
        this.host = host;
        this.startTimeout = startTimeout;
    }

    /** True for a saga that is this application's part in an LRA of somebody else. */
    static boolean isPartOf(LiveSaga saga, Lra lra) {
        return !saga.id().value().equals(lra.uid());
    }

    /** The saga in the log for what this application does in the LRA; it starts with the first step. */
    CompletableFuture<LiveSaga> part(Lra lra, Exchange exchange) {
        CompletableFuture<LiveSaga> mine = new CompletableFuture<>();
        CompletableFuture<LiveSaga> first = joined.putIfAbsent(lra.uid(), mine);
        if (first != null) {
            return first.thenApply(saga -> bind(exchange, lra, saga));
        }
        KeptMessage message = KeptMessage.ifPossible(exchange);
        SagaStart.whenReady(host, startTimeout)
                .thenCompose(ready -> SagaStart.start(host, idOfPart(lra), lra.id(), exchange, message, null))
                .whenComplete((saga, failure) -> {
                    if (failure != null) {
                        joined.remove(lra.uid());
                        mine.completeExceptionally(failure);
                    } else {
                        saga.ended().whenComplete((ended, released) -> joined.remove(lra.uid()));
                        mine.complete(saga);
                    }
                });
        return mine.thenApply(saga -> bind(exchange, lra, saga));
    }

    private static LiveSaga bind(Exchange exchange, Lra lra, LiveSaga saga) {
        LongRunningAction.bind(exchange, lra.id(), saga.id());
        return saga;
    }

    private SagaId idOfPart(Lra lra) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            SagaId id =
                    new SagaId(lra.uid() + "." + UUID.randomUUID().toString().substring(0, 8));
            if (host.ownership().owns(id)) {
                return id;
            }
        }
        throw new IllegalStateException(
                "LRA %s cannot be joined here now: this instance owns no partition of the saga log"
                        .formatted(lra.id()));
    }
}
