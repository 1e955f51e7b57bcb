package dev.caravan.saga.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.caravan.saga.engine.OwnedPartitions;
import dev.caravan.saga.engine.SagaEngine;
import dev.caravan.saga.kafka.KafkaClients;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.test.ManualTimers;
import dev.caravan.saga.test.TestEngine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.Status;

class HealthTest {

    @Test
    void isOutOfServiceUntilAPartitionIsRead() {
        InMemorySagaLog log = new InMemorySagaLog();
        SagaEngine engine = TestEngine.on(log, new ManualTimers())
                .partitions(OwnedPartitions.Ends.UNTOLD)
                .build();
        OwnedPartitions partitions = engine.partitions();
        SagaHostHealth health = new SagaHostHealth(engine.host());
        assertThat(health.health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);

        partitions.gained(0, 0, 1);
        assertThat(health.health().getStatus()).as("while it reads").isEqualTo(Status.OUT_OF_SERVICE);

        partitions.skipped(0, 0);
        assertThat(health.health().getStatus()).isEqualTo(Status.UP);

        partitions.lost(0);
        assertThat(health.health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);

        partitions.gained(0, 0, 0);
        partitions.refuseStarts();
        assertThat(health.health().getStatus()).as("while it stops").isEqualTo(Status.OUT_OF_SERVICE);
    }

    @Test
    void isDownAndSaysWhyWhenItHasStoppedByItself() {
        SagaEngine engine =
                TestEngine.on(new InMemorySagaLog(), new ManualTimers()).build();
        Health health = new SagaHostHealth(engine.host(), () -> Optional.of("another has its id")).health();

        assertThat(health.getStatus()).isEqualTo(Status.DOWN);
        assertThat(health.getDetails()).containsEntry("stopped", "another has its id");
    }

    @Test
    void isDownWithoutABroker() {
        try (KafkaHealth health = new KafkaHealth(KafkaClients.of("127.0.0.1:1"))) {
            assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);
        }
    }

    @Test
    void isDownWhileTheCoordinatorDoesNotAnswer() throws IOException {
        int[] answer = {200};
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/lra-coordinator", exchange -> {
            exchange.sendResponseHeaders(answer[0], -1);
            exchange.close();
        });
        server.start();
        URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/lra-coordinator");
        CoordinatorHealth health = new CoordinatorHealth(() -> url);

        assertThat(health.health().getStatus()).isEqualTo(Status.UP);
        answer[0] = 503;
        assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);
        server.stop(0);
        assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);
    }
}
