package dev.caravan.saga.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.engine.OwnedPartitions;
import dev.caravan.saga.engine.SagaEngine;
import dev.caravan.saga.participant.CommandInterceptor;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.test.ManualTimers;
import dev.caravan.saga.test.TestEngine;
import java.time.Duration;
import java.util.Optional;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

class SagaHealthCheckTest {

    private final SagaEngine engine = TestEngine.on(new InMemorySagaLog(), new ManualTimers())
            .partitions(OwnedPartitions.Ends.UNTOLD)
            .build();

    private SagaHealthCheck health() {
        KafkaClients clients = KafkaClients.of("127.0.0.1:1");
        Topics topics = new Topics(clients, 1, Duration.ofSeconds(1));
        return new SagaHealthCheck(
                engine.host(),
                clients,
                Optional.empty(),
                new KafkaParticipants(
                        clients,
                        topics,
                        Runnable::run,
                        new ManualTimers(),
                        1,
                        new Membership(null, Duration.ofSeconds(6)),
                        event -> {},
                        CommandInterceptor.NONE,
                        1));
    }

    @Test
    void isDownUntilAPartitionIsReadAndWithoutABroker() {
        try (SagaHealthCheck health = health()) {
            HealthCheck.Result before = health.call();
            assertThat(before.getState()).isEqualTo(HealthCheck.State.DOWN);
            assertThat(before.getMessage())
                    .hasValueSatisfying(message -> assertThat(message).contains("no partition"));

            OwnedPartitions partitions = engine.partitions();
            partitions.gained(0, 0, 0);

            HealthCheck.Result after = health.call();
            assertThat(after.getState()).isEqualTo(HealthCheck.State.DOWN);
            assertThat(after.getMessage()).hasValue("No broker of Kafka answers");
        }
    }

    @Test
    void isForReadinessOnly() throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext();
                SagaHealthCheck health = health()) {
            health.registerIn(context);

            assertThat(health.isLiveness()).isFalse();
            assertThat(health.isReadiness()).isTrue();
            assertThat(HealthCheckRegistry.get(context).getCheck("caravan")).containsSame(health);
        }
    }
}
