package dev.caravan.saga.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.engine.OwnedPartitions;
import dev.caravan.saga.engine.SagaEngine;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.kafka.KafkaClients;
import dev.caravan.saga.kafka.KafkaParticipants;
import dev.caravan.saga.kafka.Membership;
import dev.caravan.saga.kafka.Topics;
import dev.caravan.saga.monitoring.SagaView;
import dev.caravan.saga.participant.CommandInterceptor;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLog;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.test.ManualTimers;
import dev.caravan.saga.test.TestEngine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.actuate.health.CompositeHealthContributor;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.health.NamedContributor;
import org.springframework.boot.actuate.health.Status;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.mock.env.MockEnvironment;

@ExtendWith(OutputCaptureExtension.class)
class HealthTest {

    @Test
    void isOutOfServiceUntilAPartitionIsRead() {
        InMemorySagaLog log = new InMemorySagaLog();
        SagaEngine engine = TestEngine.on(log, new ManualTimers())
                .partitions(OwnedPartitions.Ends.UNTOLD)
                .build();
        OwnedPartitions partitions = engine.partitions();
        SagaHostHealth health = new SagaHostHealth(engine.host(), List.of(), List::of);
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
        Health health =
                new SagaHostHealth(engine.host(), List.of(() -> Optional.of("another has its id")), List::of).health();

        assertThat(health.getStatus()).isEqualTo(Status.DOWN);
        assertThat(health.getDetails()).containsEntry("trouble", "another has its id");
    }

    @Test
    void isUpAndSaysSoWhenItWasFencedAndIsBack() {
        SagaEngine engine =
                TestEngine.on(new InMemorySagaLog(), new ManualTimers()).build();
        Health health = new SagaHostHealth(engine.host(), List.of(), () -> List.of("another took its id")).health();

        assertThat(health.getStatus()).isEqualTo(Status.UP);
        assertThat(health.getDetails()).containsEntry("fenced", "another took its id");
    }

    private static KafkaParticipants participants(KafkaClients clients) {
        return new KafkaParticipants(
                clients,
                new Topics(clients, 1, Duration.ofSeconds(1)),
                Runnable::run,
                new ManualTimers(),
                1,
                new Membership(null, Duration.ofSeconds(6)),
                event -> {},
                CommandInterceptor.NONE,
                1);
    }

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(HealthAutoConfiguration.class))
            .withBean(KafkaClients.class, () -> KafkaClients.of("127.0.0.1:1"))
            .withBean(KafkaParticipants.class, () -> participants(KafkaClients.of("127.0.0.1:1")));

    private static Health part(ApplicationContext context, String name) {
        CompositeHealthContributor parts =
                context.getBean("caravanHealthContributor", CompositeHealthContributor.class);
        return ((HealthIndicator) parts.getContributor(name)).health();
    }

    @Test
    void anApplicationThatHasOnlyParticipantsTellsOfTheirCommands() {
        application.run(context -> {
            CompositeHealthContributor parts = context.getBean(CompositeHealthContributor.class);
            assertThat(parts.stream().map(NamedContributor::getName)).containsExactly("participants", "kafka");

            context.getBean(KafkaParticipants.class).add("payment", "Pay", command -> null);

            Health health = part(context, "participants");
            assertThat(health.getStatus()).isEqualTo(Status.UP);
            assertThat(health.getDetails()).containsEntry("partitions", Map.of("payment", 0));
        });
    }

    /** An empty log whose readers have come to their end. */
    private static final class DeadReaders implements SagaLog {

        @Override
        public CompletionStage<Void> append(SagaLogEntry entry) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public List<SagaLogEntry> read(SagaId sagaId) {
            return List.of();
        }

        @Override
        public int partitions() {
            return 1;
        }

        @Override
        public int partitionOf(SagaId sagaId) {
            return 0;
        }

        @Override
        public void replay(int partition, Consumer<SagaLogEntry> reader) {}

        @Override
        public Following follow(Consumer<SagaLogEntry> reader) {
            return tail(sagaId -> true, reader);
        }

        @Override
        public Following tail(Predicate<SagaId> which, Consumer<SagaLogEntry> reader) {
            return new Following() {
                @Override
                public Optional<String> trouble() {
                    return Optional.of("saga-logs-reader does nothing any more");
                }

                @Override
                public CompletionStage<Void> caughtUp() {
                    return new CompletableFuture<>();
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public void close() {}
    }

    @Test
    void isDownWhenTheListOfSagasIsReadByNobody() {
        SagaLog log = new DeadReaders();
        SagaEngine engine = TestEngine.on(log, new ManualTimers()).build();
        SagaView view = new SagaView(log, Clock.systemUTC(), 1, Duration.ofHours(1));
        application
                .withBean(SagaHost.class, engine::host)
                .withBean(SagaView.class, () -> view)
                .run(context -> {
                    assertThat(part(context, "readers").getStatus()).isEqualTo(Status.UP);

                    view.follow();

                    Health health = part(context, "readers");
                    assertThat(health.getStatus()).isEqualTo(Status.DOWN);
                    assertThat(health.getDetails()).containsEntry("trouble", "saga-logs-reader does nothing any more");
                });
    }

    @Test
    void isDownWhenNobodyHearsOfTheAnswersOfOtherApplications() {
        SagaEngine engine = TestEngine.on(new DeadReaders(), new ManualTimers()).build();
        application.withBean(SagaHost.class, engine::host).run(context -> {
            assertThat(part(context, "readers").getStatus()).isEqualTo(Status.UP);

            engine.host()
                    .requests()
                    .enlist(
                            new SagaId("theirs"),
                            new SagaEvent.Enlist(new Step("PAY", 1), null, null, Map.of()),
                            Duration.ofHours(1));

            await().until(() -> part(context, "readers").getStatus().equals(Status.DOWN));
        });
    }

    @Test
    void isDownWithoutABroker() {
        try (KafkaHealth health = new KafkaHealth(KafkaClients.of("127.0.0.1:1"))) {
            assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);
        }
    }

    /** A coordinator in this application, asked for by somebody who comes before the web server has told its port. */
    @Test
    void isOutOfServiceWithoutAStackTraceUntilTheCoordinatorsPortIsKnown(CapturedOutput output) {
        CoordinatorHealth health = new CoordinatorHealth(LraAutoConfiguration.coordinator(new MockEnvironment()));

        assertThat(health.health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
        assertThat(output).doesNotContain("\tat ");
    }

    @Test
    void isDownWhileTheCoordinatorDoesNotAnswer(CapturedOutput output) throws IOException {
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
        assertThat(output).doesNotContain("\tat ");
    }
}
