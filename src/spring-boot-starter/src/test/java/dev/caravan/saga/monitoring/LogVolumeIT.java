package dev.caravan.saga.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.kafka.KafkaClients;
import dev.caravan.saga.kafka.KafkaSagaLog;
import dev.caravan.saga.kafka.Topics;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLog;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.testing.HangLimit;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * A saga of a log in Kafka with very many, 1,000,000 unless {@code caravan.log.sagas} says otherwise, is found by its amount
 * and opened. The entries of 64 sagas lie between each other, as when they run at the same time. What time it takes is
 * printed, with the load of the machine, and decides nothing.
 */
@Tag("thorough")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LogVolumeIT {

    private static final int SAGAS = Integer.getInteger("caravan.log.sagas", 1_000_000);
    private static final int CAPACITY = 50_000;
    private static final int AT_ONCE = 64;
    private static final int OPENED = 100;
    private static final Instant AT = Instant.parse("2026-01-31T09:30:00Z");
    private static final List<Step> STEPS = List.of(new Step("HOTEL", 1), new Step("FLIGHT", 2), new Step("CAR", 3));

    private EmbeddedKafka kafka;
    private KafkaClients clients;
    private KafkaSagaLog log;

    @BeforeAll
    void fillTheLog(@TempDir Path directory) {
        kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory));
        clients = KafkaClients.of(kafka.bootstrapServers());
        log = KafkaSagaLog.open(clients, new Topics(clients, 4, HangLimit.TIME), "saga-logs", Duration.ofDays(30));
        long begin = System.nanoTime();
        for (int first = 0; first < SAGAS; first += AT_ONCE) {
            append(first, Math.min(SAGAS, first + AT_ONCE));
        }
        print(
                "%,d sagas were written in %,d s",
                SAGAS, Duration.ofNanos(System.nanoTime() - begin).toSeconds());
    }

    private void append(int first, int end) {
        List<CompletableFuture<Void>> appended = new ArrayList<>();
        for (int place = 0; place < saga(first).size(); place++) {
            for (int i = first; i < end; i++) {
                appended.add(log.append(saga(i).get(place)).toCompletableFuture());
            }
        }
        CompletableFuture.allOf(appended.toArray(CompletableFuture[]::new)).join();
    }

    private static List<SagaLogEntry> saga(int number) {
        SagaId sagaId = new SagaId("0_ffff7f000001_9c5f_6b02d76a_" + number);
        Map<String, Object> attributes = Map.of("amount", amount(number), "customer", "customer-" + number % 1000);
        List<SagaEvent> events = new ArrayList<>();
        events.add(new SagaEvent.Start(
                "trip", null, "order-" + number, null, Map.of(), "trips", null, null, null, null, attributes, null));
        for (Step step : STEPS) {
            events.add(new SagaEvent.Enlist(step, "direct:cancel", null, Map.of()));
            events.add(new SagaEvent.Success(step, "Book", null));
        }
        events.add(new SagaEvent.Complete());
        List<SagaLogEntry> entries = new ArrayList<>();
        events.forEach(event -> entries.add(new SagaLogEntry(sagaId, entries.size(), AT.plusMillis(number), event)));
        return entries;
    }

    private static BigDecimal amount(int number) {
        return BigDecimal.valueOf(number, 2);
    }

    @AfterAll
    void stopKafka() {
        clients.close();
        kafka.close();
    }

    @Test
    void findsAnySagaByItsAmountAndOpensIt(@TempDir Path directory) throws Exception {
        long[] found = new long[OPENED];
        long[] opened = new long[OPENED];
        long begin = System.nanoTime();
        try (SagaView view = new SagaView(
                        log, Clock.systemUTC(), CAPACITY, Duration.ofMinutes(5), SagaDirectory.at(directory));
                SagaLog.Following following = view.follow()) {
            following.caughtUp().toCompletableFuture().get(HangLimit.SECONDS, TimeUnit.SECONDS);
            print(
                    "the list has read them after %,d s, heap %,d MB",
                    Duration.ofNanos(System.nanoTime() - begin).toSeconds(), heap());
            for (int i = 0; i < OPENED; i++) {
                int number = i * (SAGAS / OPENED);
                begin = System.nanoTime();
                SagaPage page = view.list(SagaQuery.latest(100)
                        .calling(BusinessFilter.of(Map.of(
                                "attribute.amount.gte", List.of(amount(number).toPlainString()),
                                "attribute.amount.lt",
                                        List.of(amount(number + 1).toPlainString())))));
                found[i] = System.nanoTime() - begin;
                SagaId only = page.sagas().get(0).saga().sagaId();
                assertThat(page.total()).isEqualTo(1);

                begin = System.nanoTime();
                SagaTimeline timeline = view.read(only).orElseThrow();
                opened[i] = System.nanoTime() - begin;
                assertThat(timeline.entries()).isEqualTo(saga(number));
            }
        }
        printAll("found by an amount", found);
        printAll("opened", opened);
    }

    private static void printAll(String what, long[] took) {
        Arrays.sort(took);
        print(
                what + ": half within %.1f ms, 95 %% within %.1f ms, the slowest %.1f ms",
                took[OPENED / 2] / 1e6,
                took[OPENED * 95 / 100] / 1e6,
                took[OPENED - 1] / 1e6);
    }

    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() >> 20;
    }

    private static void print(String what, Object... figures) {
        System.out.printf(
                Locale.ROOT,
                "%s; load %.1f%n",
                String.format(Locale.ROOT, what, figures),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }
}
