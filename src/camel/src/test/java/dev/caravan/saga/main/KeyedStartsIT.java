package dev.caravan.saga.main;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.camel.SagaStarter;
import dev.caravan.saga.camel.StartedSaga;
import dev.caravan.saga.engine.KeyTakenException;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLog;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import dev.caravan.testing.HangLimit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;
import org.apache.camel.model.SagaPropagation;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts that come twice, at several instances and after a kill, with real Kafka. */
class KeyedStartsIT {

    private static final int KEYS = 12;

    @TempDir
    private Path directory;

    private final List<Main> instances = new ArrayList<>();
    private final Programs programs = new Programs();
    private EmbeddedKafka kafka;

    @BeforeEach
    void startKafka() {
        kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory.resolve("kafka")));
    }

    @AfterEach
    void stop() throws Exception {
        programs.kill();
        instances.forEach(Main::stop);
        kafka.close();
    }

    private Main instance(String application) throws Exception {
        Main main = new Main();
        main.addInitialProperty("camel.main.name", application);
        main.addInitialProperty("camel.main.configurationClasses", CaravanConfiguration.class.getName());
        main.addInitialProperty("camel.component.kafka.brokers", kafka.bootstrapServers());
        main.configure().addRoutesBuilder(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:order-saga")
                        .routeId("order-saga")
                        .saga()
                        .propagation(SagaPropagation.REQUIRES_NEW)
                        .setBody(constant("done"));
            }
        });
        main.start();
        instances.add(main);
        return main;
    }

    private static StartedSaga start(Main instance, String key, int amount) {
        return instance.lookup("caravanSagaStarter", SagaStarter.class)
                .start("direct:order-saga", Map.of("amount", amount), key, Map.of());
    }

    private static List<SagaId> started(Main instance) {
        SagaLog log = instance.lookup("caravanSagaHost", SagaHost.class).log();
        List<SagaId> started = new ArrayList<>();
        for (int partition = 0; partition < log.partitions(); partition++) {
            log.replay(partition, entry -> {
                if (entry.event() instanceof SagaEvent.Start) {
                    started.add(entry.sagaId());
                }
            });
        }
        return started;
    }

    @Test
    void startsOneSagaForEachKeyWhicheverInstanceIsAsked() throws Exception {
        Main first = instance("orders");
        Main second = instance("orders");
        List<SagaId> sagas = new ArrayList<>();
        for (int key = 0; key < KEYS; key++) {
            StartedSaga one = start(first, "order-" + key, 5);
            StartedSaga other = start(second, "order-" + key, 5);
            SagaId saga = one.accepted().get(HangLimit.SECONDS, TimeUnit.SECONDS);
            assertThat(other.accepted().get(HangLimit.SECONDS, TimeUnit.SECONDS))
                    .isEqualTo(saga);
            SagaState state = one.ended().get(HangLimit.SECONDS, TimeUnit.SECONDS);
            assertThat(state.status()).isEqualTo(SagaStatus.COMPLETED);
            assertThat(other.ended().get(HangLimit.SECONDS, TimeUnit.SECONDS).sagaId())
                    .isEqualTo(saga);
            sagas.add(saga);
        }
        assertThat(started(first)).containsExactlyInAnyOrderElementsOf(sagas);

        first.stop();
        instances.remove(first);
        Main third = instance("orders");
        for (int key = 0; key < KEYS; key++) {
            String known = "order-" + key;
            assertThat(start(third, known, 5).accepted().get(HangLimit.SECONDS, TimeUnit.SECONDS))
                    .isEqualTo(sagas.get(key));
            assertThatThrownBy(() -> start(second, known, 6).accepted().get(HangLimit.SECONDS, TimeUnit.SECONDS))
                    .hasRootCauseInstanceOf(KeyTakenException.class);
        }
        assertThat(started(second)).hasSize(KEYS);
    }

    /** The record is delivered again to the instance that comes after the one that was killed. */
    @Test
    @Tag("thorough")
    void startsOneSagaForARecordWhoseInstanceIsKilled() throws Exception {
        Path file = Files.createFile(directory.resolve("done"));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic("records", 1, (short) 1)))
                    .all()
                    .get(HangLimit.SECONDS, TimeUnit.SECONDS);
        }
        Main sender = instance("sender");
        sender.getCamelContext().createProducerTemplate().sendBody("kafka:records", "a record");
        Process hangs = process(file, true);
        await().atMost(3L * HangLimit.SECONDS, TimeUnit.SECONDS)
                .untilAsserted(() -> assertThat(lines(file)).containsExactly("record", "begun"));

        hangs.destroyForcibly().waitFor();
        process(file, false);

        await().atMost(3L * HangLimit.SECONDS, TimeUnit.SECONDS)
                .untilAsserted(() -> assertThat(lines(file)).contains("answered booked"));
        assertThat(lines(file))
                .containsExactlyInAnyOrder("record", "begun", "record", "begun", "booked", "answered booked");
        List<SagaId> started = started(sender);
        assertThat(started).hasSize(1);
        List<SagaLogEntry> log =
                sender.lookup("caravanSagaHost", SagaHost.class).log().read(started.get(0));
        SagaState state = SagaState.replay(started.get(0), log);
        assertThat(state.status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(state.start().key()).isEqualTo("records-0-0");
    }

    private Process process(Path file, boolean hangs) throws IOException {
        return programs.start(
                RecordsProgram.class,
                directory.resolve(hangs ? "hangs.log" : "goes-on.log"),
                kafka.bootstrapServers(),
                file.toString(),
                Boolean.toString(hangs));
    }

    private static List<String> lines(Path file) throws IOException {
        return Files.readAllLines(file);
    }
}
