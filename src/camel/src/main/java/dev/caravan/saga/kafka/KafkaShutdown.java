package dev.caravan.saga.kafka;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.ShutdownStrategy;
import org.apache.camel.support.LifecycleStrategySupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens when a Camel context stops, before its routes do. No saga starts any more; those in flight are handed over
 * as soon as what was appended is durable. No command is taken any more; those at work have some time to be answered.
 * Then partitions are given back, so that another instance has them at once. What was not done in time is not committed:
 * it goes on elsewhere, or here after the next start.
 *
 * <p>Routes that still work have what is left of the time, if Camel's own time-out is not shorter.
 */
public final class KafkaShutdown extends LifecycleStrategySupport {

    private static final Logger LOGGER = LoggerFactory.getLogger(KafkaShutdown.class);
    private static final Duration LEAST = Duration.ofSeconds(1);

    private final KafkaClients clients;
    private final KafkaParticipants participants;
    private final @Nullable KafkaHostLoop sagas;
    private final Clock steady;
    private final Duration timeout;

    /** @param sagas {@code null} in an application that has participants only */
    public KafkaShutdown(
            KafkaClients clients,
            KafkaParticipants participants,
            @Nullable KafkaHostLoop sagas,
            Clock steady,
            Duration timeout) {
        this.clients = clients;
        this.participants = participants;
        this.sagas = sagas;
        this.steady = steady;
        this.timeout = timeout;
    }

    @Override
    public void onContextStopping(CamelContext context) {
        Instant end = steady.instant().plus(timeout);
        LOGGER.info("Stops: sagas are handed over, commands at work have {} ms to end", timeout.toMillis());
        CompletableFuture<Void> handedOver = sagas == null ? CompletableFuture.completedFuture(null) : sagas.leave();
        participants.close(timeout);
        if (!RecordLoop.await(handedOver, until(end))) {
            LOGGER.warn("Kafka does not answer: sagas go on in another instance after the session time-out");
            clients.hurry();
        }
        ShutdownStrategy routes = context.getShutdownStrategy();
        long left = Math.max(until(end).toSeconds(), LEAST.toSeconds());
        if (left < routes.getTimeUnit().toSeconds(routes.getTimeout())) {
            routes.setTimeUnit(TimeUnit.SECONDS);
            routes.setTimeout(left);
        }
    }

    private Duration until(Instant end) {
        return Duration.between(steady.instant(), end);
    }
}
