package dev.caravan.saga.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.testing.HangLimit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every saga log does. Each test gets a log that is empty. */
public abstract class SagaLogContract {

    private static final Instant BEGINNING = Instant.parse("2026-01-01T00:00:00.001Z");
    private static final SagaId FIRST = new SagaId("order-1");
    private static final SagaId SECOND = new SagaId("order-2");

    protected abstract SagaLog log();

    protected static SagaLogEntry entry(SagaId sagaId, long sequence) {
        SagaEvent event = sequence == 0
                ? new SagaEvent.Start("order-saga", null, null, TextNode.valueOf("주문"), Map.of())
                : new SagaEvent.CompensateSuccess(new Step("PAY", (int) sequence));
        return new SagaLogEntry(sagaId, sequence, BEGINNING.plusMillis(sequence), event);
    }

    protected final SagaLogEntry append(SagaId sagaId, long sequence) throws Exception {
        SagaLogEntry entry = entry(sagaId, sequence);
        log().append(entry).toCompletableFuture().get(HangLimit.SECONDS, TimeUnit.SECONDS);
        return entry;
    }

    @Test
    void readsTheEntriesOfASagaInTheOrderOfTheirAppends() throws Exception {
        SagaLogEntry start = append(FIRST, 0);
        append(SECOND, 0);
        SagaLogEntry next = append(FIRST, 1);
        SagaLogEntry last = append(FIRST, 2);

        assertThat(log().read(FIRST)).containsExactly(start, next, last);
    }

    @Test
    void readsNothingOfAnUnknownSaga() throws Exception {
        append(FIRST, 0);

        assertThat(log().read(new SagaId("never-heard-of"))).isEmpty();
    }

    @Test
    void keepsAnEntryThatComesTwice() throws Exception {
        SagaLogEntry start = append(FIRST, 0);
        append(FIRST, 0);

        assertThat(log().read(FIRST)).containsExactly(start, start);
    }

    @Test
    void keepsTheOrderOfAppendsThatNobodyWaitedFor() throws Exception {
        List<SagaLogEntry> entries =
                IntStream.range(0, 200).mapToObj(i -> entry(FIRST, i)).toList();

        CompletableFuture.allOf(entries.stream()
                        .map(entry -> log().append(entry).toCompletableFuture())
                        .toArray(CompletableFuture[]::new))
                .get(HangLimit.SECONDS, TimeUnit.SECONDS);

        assertThat(log().read(FIRST)).isEqualTo(entries);
    }

    @Test
    void replaysTheEntriesOfASagaFromOnePartitionInOrder() throws Exception {
        for (int saga = 0; saga < 10; saga++) {
            append(new SagaId("order-" + saga), 0);
            append(new SagaId("order-" + saga), 1);
        }

        List<SagaLogEntry> all = new ArrayList<>();
        for (int partition = 0; partition < log().partitions(); partition++) {
            List<SagaLogEntry> here = new ArrayList<>();
            log().replay(partition, here::add);
            assertThat(here.stream().map(SagaLogEntry::sagaId).distinct().count() * 2)
                    .isEqualTo(here.size());
            all.addAll(here);
        }

        assertThat(all).hasSize(20);
        for (int saga = 0; saga < 10; saga++) {
            SagaId sagaId = new SagaId("order-" + saga);
            assertThat(all.stream().filter(entry -> entry.sagaId().equals(sagaId)))
                    .containsExactly(entry(sagaId, 0), entry(sagaId, 1));
        }
    }

    @Test
    void followsFromTheBeginningAndOn() throws Exception {
        SagaLogEntry before = append(FIRST, 0);
        List<SagaLogEntry> heard = new CopyOnWriteArrayList<>();

        try (SagaLog.Following following = log().follow(heard::add)) {
            following.caughtUp().toCompletableFuture().get(HangLimit.SECONDS, TimeUnit.SECONDS);
            assertThat(heard).containsExactly(before);

            SagaLogEntry after = append(FIRST, 1);
            await().untilAsserted(() -> assertThat(heard).containsExactly(before, after));
        }
    }

    @Test
    void readsASagaAtThePositionsThatAReaderWasTold() throws Exception {
        append(SECOND, 0);
        List<Long> positions = new CopyOnWriteArrayList<>();
        SagaLogEntry first = append(FIRST, 0);
        append(SECOND, 1);
        SagaLogEntry last = append(FIRST, 1);

        try (SagaLog.Following following = log().followPositions((entry, position) -> {
            if (entry.sagaId().equals(FIRST)) {
                positions.add(position);
            }
        })) {
            following.caughtUp().toCompletableFuture().get(HangLimit.SECONDS, TimeUnit.SECONDS);
            assertThat(following.lag()).isZero();
            assertThat(log().readAt(FIRST, new long[] {positions.get(0), positions.get(1)}, Long.MAX_VALUE))
                    .containsExactly(first, last);
            assertThat(log().readAt(FIRST, new long[] {positions.get(0)}, positions.get(0) + 1))
                    .containsExactly(first, last);
        }
    }

    @Test
    void isCaughtUpWithAnEmptyLogAtOnce() throws Exception {
        List<SagaLogEntry> heard = new CopyOnWriteArrayList<>();

        try (SagaLog.Following following = log().follow(heard::add)) {
            following.caughtUp().toCompletableFuture().get(HangLimit.SECONDS, TimeUnit.SECONDS);
            assertThat(heard).isEmpty();
        }
    }

    @Test
    void letsAReaderGoThatHasHeardEnough() throws Exception {
        List<SagaLogEntry> heardByTheFirst = new CopyOnWriteArrayList<>();
        List<SagaLogEntry> heardByTheSecond = new CopyOnWriteArrayList<>();
        try (SagaLog.Following second = log().follow(heardByTheSecond::add)) {
            second.caughtUp().toCompletableFuture().get(HangLimit.SECONDS, TimeUnit.SECONDS);
            SagaLog.Following first = log().follow(heardByTheFirst::add);
            first.caughtUp().toCompletableFuture().get(HangLimit.SECONDS, TimeUnit.SECONDS);
            first.close();

            append(FIRST, 0);

            await().until(() -> heardByTheSecond.size() == 1);
            assertThat(heardByTheFirst).isEmpty();
        }
    }

    @Test
    void takesTheAppendsOfManyThreads() throws Exception {
        int sagas = 8;
        int entries = 50;
        ExecutorService threads = Executors.newFixedThreadPool(sagas);
        try {
            CompletableFuture.allOf(IntStream.range(0, sagas)
                            .mapToObj(saga -> CompletableFuture.runAsync(
                                    () -> {
                                        for (int i = 0; i < entries; i++) {
                                            log().append(entry(new SagaId("order-" + saga), i))
                                                    .toCompletableFuture()
                                                    .join();
                                        }
                                    },
                                    threads))
                            .toArray(CompletableFuture[]::new))
                    .get(HangLimit.SECONDS, TimeUnit.SECONDS);
        } finally {
            threads.shutdown();
        }

        for (int saga = 0; saga < sagas; saga++) {
            assertThat(log().read(new SagaId("order-" + saga)))
                    .extracting(SagaLogEntry::sequence)
                    .containsExactlyElementsOf(
                            IntStream.range(0, entries).mapToObj(Long::valueOf).toList());
        }
    }
}
