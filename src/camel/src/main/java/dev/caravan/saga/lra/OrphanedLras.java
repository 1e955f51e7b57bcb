package dev.caravan.saga.lra;

import dev.caravan.saga.Printable;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.camel.Failures;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.engine.SagaLogger;
import dev.caravan.saga.lra.LraClient.Lra;
import dev.caravan.saga.state.SagaState;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.slf4j.Logger;

/**
 * Ends LRAs of this application that would be Active for ever, because no saga knows them: the instance that started one
 * died, or did not hear of it, before START was in the log. Nobody has been told of such an LRA, so nobody has joined it.
 *
 * <p>An instance judges only what is in its own partitions, of which it knows all sagas. Between two looks there is more
 * time than a start can take: what is unknown at two looks, and to the log, is not just being started. Should its START
 * come all the same, the saga finds its LRA cancelled, and nothing of it takes effect.
 */
final class OrphanedLras {

    private static final Logger LOGGER = SagaLogger.of(OrphanedLras.class);
    private static final int REQUEST_TIMEOUTS = 2;

    private final SagaHost host;
    private final LraClient client;
    private final Duration pause;
    private volatile Set<Lra> unknownBefore = Set.of();
    private volatile boolean failedBefore;
    private volatile Runnable cancelNext = () -> {};
    private volatile boolean stopped;

    /** @param requestTimeout of the start of an LRA: after that, nobody waits for its id any more */
    OrphanedLras(SagaHost host, LraClient client, Duration requestTimeout) {
        this.host = host;
        this.client = client;
        this.pause = requestTimeout.multipliedBy(REQUEST_TIMEOUTS);
    }

    /** Looks for them from now on, again and again. */
    void start() {
        cancelNext = host.timers().schedule(pause, () -> look().whenComplete((done, failure) -> {
            if (!stopped) {
                tell(failure);
                start();
            }
        }));
    }

    void stop() {
        stopped = true;
        cancelNext.run();
    }

    private void tell(Throwable failure) {
        if (failure != null && !failedBefore) {
            LOGGER.warn("LRAs that no saga knows are looked for later: {}", Printable.of(Failures.text(failure)));
        }
        failedBefore = failure != null;
    }

    CompletableFuture<Void> look() {
        return Failures.asFuture(() ->
                client.active().thenComposeAsync(this::judge, host.threads().workers()));
    }

    private CompletableFuture<Void> judge(List<Lra> active) {
        Set<Lra> unknown = active.stream().filter(this::isUnknown).collect(Collectors.toSet());
        Set<Lra> before = unknownBefore;
        unknownBefore = unknown;
        return CompletableFuture.allOf(
                unknown.stream().filter(before::contains).map(this::end).toArray(CompletableFuture[]::new));
    }

    private boolean isUnknown(Lra lra) {
        SagaId sagaId = lra.sagaId();
        return host.ownership().owns(sagaId)
                && host.live(sagaId).isEmpty()
                && host.ownership().inFlight(sagaId).isEmpty();
    }

    /** What has ended is not in memory: the log has the last word. */
    private CompletableFuture<LraStatus> end(Lra lra) {
        SagaState saga = host.read(lra.sagaId());
        return switch (saga.status()) {
            case INITIAL -> {
                LOGGER.info(
                        "LRA {} is cancelled: it was started, but no saga {} came of it", Printable.of(lra.id()), saga);
                yield client.cancel(lra);
            }
            case COMPENSATED -> {
                LOGGER.info("LRA {} is cancelled: its saga {} has ended so", Printable.of(lra.id()), saga);
                yield client.cancel(lra);
            }
            case COMPLETED -> {
                LOGGER.info("LRA {} is closed: its saga {} has ended so", Printable.of(lra.id()), saga);
                yield client.close(lra);
            }
            default -> CompletableFuture.completedFuture(LraStatus.Active);
        };
    }
}
