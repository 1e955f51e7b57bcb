package dev.caravan.saga.main;

import static dev.caravan.saga.main.WaitingProgram.APPROVED;
import static dev.caravan.saga.main.WaitingProgram.LATE;
import static dev.caravan.saga.main.WaitingProgram.LATER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLog;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import dev.caravan.testing.HangLimit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sagas that wait for two days, in a process that is killed twice, with real Kafka. The clock of each process is a day on. */
@Tag("thorough")
class WaitingIT {

    @TempDir
    private Path directory;

    private final Programs programs = new Programs();
    private ObservedKafka kafka;
    private Path file;

    @BeforeEach
    void startKafka() throws Exception {
        file = Files.createFile(directory.resolve("done"));
        kafka = new ObservedKafka(
                directory.resolve("kafka"), new NewTopic("starts", 1, (short) 1), new NewTopic("approvals", 1, (short)
                        1));
    }

    @AfterEach
    void stop() throws Exception {
        programs.kill();
        kafka.close();
    }

    private Process process(int days) throws IOException {
        return programs.start(
                WaitingProgram.class,
                directory.resolve("day-" + days + ".log"),
                kafka.brokers(),
                file.toString(),
                Duration.ofDays(days).toString());
    }

    /** By their names, of which there is one saga each. */
    private Map<String, List<SagaLogEntry>> sagas() {
        SagaLog log = kafka.log();
        Map<String, SagaId> names = new HashMap<>();
        for (int partition = 0; partition < log.partitions(); partition++) {
            log.replay(partition, entry -> {
                if (entry.event() instanceof SagaEvent.Start start) {
                    assertThat(names.put(start.name(), entry.sagaId()))
                            .as("another saga %s", start.name())
                            .isIn(null, entry.sagaId());
                }
            });
        }
        Map<String, List<SagaLogEntry>> sagas = new LinkedHashMap<>();
        names.forEach((name, saga) -> sagas.put(name, log.read(saga)));
        return sagas;
    }

    private static SagaState state(List<SagaLogEntry> entries) {
        return SagaState.replay(entries.get(0).sagaId(), entries);
    }

    private static long takenOver(List<SagaLogEntry> entries) {
        return entries.stream()
                .filter(entry -> entry.event() instanceof SagaEvent.Resume)
                .count();
    }

    private void eventually(Runnable asserted) {
        await().atMost(3L * HangLimit.SECONDS, TimeUnit.SECONDS).untilAsserted(asserted::run);
    }

    /** Each start and the approval are sent twice. */
    @Test
    void endsWhatWaitedForTwoDaysThroughTwoKills() throws Exception {
        kafka.send("starts", APPROVED, LATE, LATER, LATER, LATE, APPROVED);
        Process first = process(0);
        eventually(() -> {
            assertThat(lines()).filteredOn(line -> line.startsWith("accepted ")).hasSize(6);
            assertThat(sagas()).containsOnlyKeys(APPROVED, LATE, LATER);
            assertThat(state(sagas().get(APPROVED)).awaiting()).hasSize(1);
            assertThat(state(sagas().get(LATE)).awaiting()).hasSize(1);
            assertThat(state(sagas().get(LATER)).isScheduled()).isTrue();
        });
        first.destroyForcibly().waitFor();

        Process second = process(1);
        eventually(() -> assertThat(sagas().values()).allMatch(saga -> takenOver(saga) == 1));
        second.destroyForcibly().waitFor();
        assertThat(sagas().values()).noneMatch(saga -> state(saga).status().isTerminal());

        process(2);
        eventually(() -> {
            assertThat(state(sagas().get(LATE)).status()).isEqualTo(SagaStatus.COMPENSATED);
            assertThat(state(sagas().get(LATER)).status()).isEqualTo(SagaStatus.COMPLETED);
            assertThat(takenOver(sagas().get(APPROVED))).isEqualTo(2);
        });
        assertThat(state(sagas().get(APPROVED)).awaiting()).hasSize(1);
        kafka.send("approvals", APPROVED, APPROVED);

        eventually(() -> assertThat(state(sagas().get(APPROVED)).status()).isEqualTo(SagaStatus.COMPLETED));
        assertThat(lines())
                .filteredOn(line -> !line.startsWith("accepted "))
                .containsExactlyInAnyOrder(
                        "reserved " + APPROVED,
                        "bought " + APPROVED,
                        "reserved " + LATE,
                        "released " + LATE,
                        "begun " + LATER);
    }

    private List<String> lines() {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
