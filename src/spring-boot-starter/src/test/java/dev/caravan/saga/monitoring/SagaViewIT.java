package dev.caravan.saga.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.kafka.KafkaClients;
import dev.caravan.saga.kafka.KafkaSagaLog;
import dev.caravan.saga.kafka.Topics;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLog;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.testing.HangLimit;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The list over a log of many sagas in Kafka: 20,000, or the 100,000 of the profile {@code thorough}. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SagaViewIT {

    private static final int SAGAS = Integer.getInteger("caravan.view.sagas", 20_000);
    private static final int EACH_FAILS = SAGAS / 10;
    private static final Instant AT = Instant.parse("2026-01-31T09:30:00Z");
    private static final Duration SILENCE = Duration.ofMinutes(5);
    private static final Step HOTEL = new Step("HOTEL", 1);

    private EmbeddedKafka kafka;
    private KafkaClients clients;
    private KafkaSagaLog log;

    @BeforeAll
    void fillTheLog(@TempDir Path directory) {
        kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory));
        clients = KafkaClients.of(kafka.bootstrapServers());
        log = KafkaSagaLog.open(clients, new Topics(clients, 4, HangLimit.TIME), "saga-logs", Duration.ofDays(30));
        List<CompletableFuture<Void>> appended = new ArrayList<>();
        for (int i = 0; i < SAGAS; i++) {
            for (SagaLogEntry entry : saga(i)) {
                appended.add(log.append(entry).toCompletableFuture());
            }
        }
        CompletableFuture.allOf(appended.toArray(CompletableFuture[]::new)).join();
    }

    private static List<SagaLogEntry> saga(int number) {
        SagaId sagaId = new SagaId("0_ffff7f000001_9c5f_6b02d76a_" + number);
        Instant at = AT.plusMillis(number);
        List<SagaEvent> events = new ArrayList<>(List.of(
                new SagaEvent.Start("trip", null, "order-" + number, null, Map.of()),
                new SagaEvent.Enlist(HOTEL, "direct:cancel-hotel", null, Map.of())));
        if (number % EACH_FAILS == 0) {
            events.add(new SagaEvent.Fail(HOTEL, "full"));
            events.add(new SagaEvent.StepCompensateFailed(HOTEL, 2, "away", null));
            events.add(new SagaEvent.CompensateFail(HOTEL, "away"));
        } else {
            events.add(new SagaEvent.Complete());
        }
        List<SagaLogEntry> entries = new ArrayList<>();
        events.forEach(event -> entries.add(new SagaLogEntry(sagaId, entries.size(), at, event)));
        return entries;
    }

    @AfterAll
    void stopKafka() {
        clients.close();
        kafka.close();
    }

    @Test
    void hasEverySagaOfTheLogAgainAfterARestart() throws Exception {
        for (int start = 0; start < 2; start++) {
            SagaView view = new SagaView(log, Clock.systemUTC(), 2 * SAGAS, SILENCE);
            try (SagaLog.Following following = view.follow()) {
                following.caughtUp().toCompletableFuture().get(HangLimit.SECONDS, TimeUnit.SECONDS);

                SagaOverview overview = view.overview();
                assertThat(overview.total()).isEqualTo(SAGAS);
                assertThat(overview.byStatus())
                        .containsOnly(Map.entry(SagaStatus.FAILED, 10L), Map.entry(SagaStatus.COMPLETED, SAGAS - 10L));
                assertThat(overview.caughtUp()).isTrue();
                assertThat(overview.lag()).isZero();
                assertThat(view.list(needingAttention()).sagas()).hasSize(10);
                assertThat(idsOfAllPages(view)).hasSize(SAGAS);
                assertThat(view.findByKey("order-17777").orElseThrow().status()).isEqualTo(SagaStatus.COMPLETED);
            }
        }
    }

    @Test
    void readsAnOldSagaFromItsPlaceInTheLogAndGoesOnWithNewOnes() throws Exception {
        SagaView view = new SagaView(log, Clock.systemUTC(), 2 * SAGAS, SILENCE);
        try (SagaLog.Following following = view.follow()) {
            following.caughtUp().toCompletableFuture().get(HangLimit.SECONDS, TimeUnit.SECONDS);
            SagaSummary old = view.findByKey("order-1").orElseThrow();

            assertThat(view.find(old.sagaId()).orElseThrow().entries()).isEqualTo(saga(1));
            assertThat(old.positions().all()).hasSize(3);
        }
    }

    /** Half of the lines are on disk. How long it takes is printed. */
    @Test
    void opensAnySagaOfTheLog(@TempDir Path directory) throws Exception {
        int opened = 40;
        long[] took = new long[opened];
        try (SagaView view = new SagaView(log, Clock.systemUTC(), SAGAS / 2, SILENCE, SagaDirectory.at(directory));
                SagaLog.Following following = view.follow()) {
            following.caughtUp().toCompletableFuture().get(HangLimit.SECONDS, TimeUnit.SECONDS);
            for (int i = 0; i < opened; i++) {
                List<SagaLogEntry> wanted = saga(i * (SAGAS / opened));
                long begin = System.nanoTime();
                assertThat(view.read(wanted.get(0).sagaId()).orElseThrow().entries())
                        .isEqualTo(wanted);
                took[i] = System.nanoTime() - begin;
            }
        }
        Arrays.sort(took);
        System.out.printf(
                Locale.ROOT,
                "Opened %d of %,d sagas in %.0f ms each, the slowest in %.0f ms%n",
                opened,
                SAGAS,
                took[opened / 2] / 1e6,
                took[opened - 1] / 1e6);
    }

    @Test
    void keepsNoMoreThanItHasRoomForAndSaysSo() throws Exception {
        SagaView view = new SagaView(log, Clock.systemUTC(), 1_000, SILENCE);
        try (SagaLog.Following following = view.follow()) {
            await().until(view::isCaughtUp);

            assertThat(view.overview().total()).isEqualTo(1_000);
            assertThat(view.overview().forgotten()).isEqualTo(SAGAS - 1_000);
            assertThat(view.list(needingAttention()).total()).isEqualTo(10);
            assertThat(following.lag()).isZero();
        }
    }

    private static SagaQuery needingAttention() {
        return new SagaQuery(Set.of(), null, null, null, null, true, SagaQuery.Order.ATTENTION, null, 100);
    }

    private static Set<SagaId> idsOfAllPages(SagaView view) {
        Set<SagaId> ids = new HashSet<>();
        String after = null;
        do {
            SagaPage page = view.list(
                    new SagaQuery(Set.of(), null, null, null, null, false, SagaQuery.Order.ATTENTION, after, 1_000));
            page.sagas().forEach(line -> ids.add(line.saga().sagaId()));
            after = page.next();
        } while (after != null);
        return ids;
    }
}
