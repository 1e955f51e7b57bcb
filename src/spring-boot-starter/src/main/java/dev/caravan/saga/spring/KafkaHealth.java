package dev.caravan.saga.spring;

import dev.caravan.saga.kafka.KafkaClients;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.springframework.boot.actuate.health.AbstractHealthIndicator;
import org.springframework.boot.actuate.health.Health;

/** UP when a broker answers. Without one no saga starts, and none goes on. */
final class KafkaHealth extends AbstractHealthIndicator implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final Admin admin;
    private final String brokers;

    KafkaHealth(KafkaClients clients) {
        this.admin = clients.admin(TIMEOUT);
        this.brokers = clients.brokers();
    }

    @Override
    protected void doHealthCheck(Health.Builder health) throws Exception {
        health.up().withDetail("brokers", brokers);
        health.withDetail(
                "nodes",
                admin.describeCluster()
                        .nodes()
                        .get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                        .size());
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
