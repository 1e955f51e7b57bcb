package dev.caravan.saga.kafka;

import dev.caravan.saga.engine.SagaHost;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.kafka.clients.admin.Admin;

/**
 * Camel's health check {@value #ID}, for readiness: UP when this instance owns partitions of the saga log and has read them,
 * and a broker answers; it says what has stopped, and what Kafka has fenced. Camel shows it wherever it shows
 * its own. It may be called by several threads.
 */
public final class SagaHealthCheck implements HealthCheck, AutoCloseable {

    static final String ID = "caravan";

    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final SagaHost host;
    private final Admin admin;
    private final Optional<KafkaHostLoop> loop;
    private final KafkaParticipants participants;
    private volatile boolean enabled = true;

    /** @param loop of a log in Kafka */
    public SagaHealthCheck(
            SagaHost host, KafkaClients clients, Optional<KafkaHostLoop> loop, KafkaParticipants participants) {
        this.host = host;
        this.loop = loop;
        this.participants = participants;
        this.admin = clients.admin(TIMEOUT);
    }

    /** Nothing happens where Camel has no health checks. */
    public SagaHealthCheck registerIn(CamelContext context) {
        HealthCheckRegistry registry = HealthCheckRegistry.get(context);
        if (registry != null) {
            registry.register(this);
        }
        return this;
    }

    @Override
    public String getId() {
        return ID;
    }

    @Override
    public String getGroup() {
        return ID;
    }

    @Override
    public boolean isEnabled() {
        return enabled;
    }

    @Override
    public void setEnabled(boolean enabled) {
        this.enabled = enabled;
    }

    /** An application that is not ready needs no restart. */
    @Override
    public boolean isLiveness() {
        return false;
    }

    @Override
    public Result call(Map<String, Object> options) {
        HealthCheckResultBuilder result = HealthCheckResultBuilder.on(this).detail("sagasInFlight", host.size());
        List<String> fenced = Stream.concat(
                        loop.stream().flatMap(here -> here.fenced().stream()), participants.fenced().stream())
                .toList();
        if (!fenced.isEmpty()) {
            result.detail("fenced", String.join("; ", fenced));
        }
        Optional<String> trouble = loop.flatMap(KafkaHostLoop::trouble).or(participants::trouble);
        if (trouble.isPresent()) {
            return result.down().message(trouble.get()).build();
        }
        CompletableFuture<Void> assigned = host.ownership().ready();
        if (!assigned.isDone() || assigned.isCompletedExceptionally()) {
            return result.down()
                    .message("This instance owns no partition of the saga log that it has read")
                    .build();
        }
        try {
            admin.describeCluster().nodes().get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            return result.up().build();
        } catch (ExecutionException | TimeoutException e) {
            return result.down().message("No broker of Kafka answers").error(e).build();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return result.unknown().error(e).build();
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
