package dev.caravan.saga.lra;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.camel.EnlistedSaga;
import dev.caravan.saga.camel.KeptMessage;
import dev.caravan.saga.camel.LongRunningAction;
import dev.caravan.saga.camel.RefusingCoordinator;
import dev.caravan.saga.camel.SagaStart;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.lra.LraClient.Lra;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.apache.camel.saga.CamelSagaCoordinator;

/**
 * LRAs that were started elsewhere, by another application or another instance, and that steps of this one join. What
 * this application does in one is a saga of its own in the log, with an id that begins with the LRA's; the LRA's end is
 * its end. Its route is not run again after a crash: who called it, or the record that it came from, comes again.
 */
final class EnlistedLras {

    private static final int ATTEMPTS = 100_000;

    private final SagaHost host;
    private final LraClient client;
    private final LraOutcome outcome;
    private final LraLinks links;
    private final Duration startTimeout;
    private final Map<String, CompletableFuture<LiveSaga>> parts = new ConcurrentHashMap<>();

    EnlistedLras(SagaHost host, LraClient client, LraOutcome outcome, LraLinks links, Duration startTimeout) {
        this.host = host;
        this.client = client;
        this.outcome = outcome;
        this.links = links;
        this.startTimeout = startTimeout;
    }

    /** True for a saga that is this application's part in an LRA of somebody else. */
    static boolean isPartOf(LiveSaga saga, Lra lra) {
        return !saga.id().equals(lra.sagaId());
    }

    /** What is asked of the LRA; it is joined while the coordinator says that it is active. */
    CompletableFuture<CamelSagaCoordinator> coordinator(Lra lra, Function<LiveSaga, CamelSagaCoordinator> here) {
        return client.status(lra)
                .thenApply(status -> status == LraStatus.Active
                        ? new EnlistedLra(
                                lra,
                                client,
                                outcome,
                                exchange -> part(lra, exchange),
                                here,
                                inLog(lra),
                                () -> isInLog(lra.sagaId()))
                        : new RefusingCoordinator(
                                lra.id(),
                                "LRA %s %s"
                                        .formatted(
                                                lra.id(),
                                                status == LraStatus.Gone
                                                        ? "has ended, or never was"
                                                        : "is " + status)));
    }

    private CompletableFuture<Boolean> isInLog(SagaId sagaId) {
        return CompletableFuture.supplyAsync(
                () -> host.ownership().inFlight(sagaId).isPresent()
                        || host.read(sagaId).start() != null,
                host.threads().workers());
    }

    private Optional<EnlistedSaga> inLog(Lra lra) {
        return Optional.of(host)
                .filter(asked -> asked.ownership().isReadBack())
                .map(asked -> new EnlistedSaga(lra.id(), asked, startTimeout, (step, declared) -> client.join(
                                lra, links.ofEnlisted(lra.sagaId(), step, declared), 0)
                        .thenApply(recoveryUrl -> null)));
    }

    /** The saga in the log for what this application does in the LRA; it starts with the first step. */
    private CompletableFuture<LiveSaga> part(Lra lra, Exchange exchange) {
        CompletableFuture<LiveSaga> mine = new CompletableFuture<>();
        CompletableFuture<LiveSaga> first = parts.putIfAbsent(lra.uid(), mine);
        if (first != null) {
            return first.thenApply(saga -> bind(exchange, lra, saga));
        }
        KeptMessage message = KeptMessage.ifPossible(exchange);
        SagaStart.whenReady(host, startTimeout)
                .thenCompose(ready -> SagaStart.start(host, idOfPart(lra), lra.id(), exchange, message, null))
                .whenComplete((saga, failure) -> {
                    if (failure != null) {
                        parts.remove(lra.uid());
                        mine.completeExceptionally(failure);
                    } else {
                        saga.ended().whenComplete((ended, released) -> parts.remove(lra.uid()));
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
