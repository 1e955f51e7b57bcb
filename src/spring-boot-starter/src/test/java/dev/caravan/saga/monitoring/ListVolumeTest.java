package dev.caravan.saga.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A list of very many sagas, 1,000,000 unless {@code caravan.list.sagas} says otherwise, 10,000,000 for instance: what is
 * found is right, and neither what is in memory nor the files grow beyond what the documents say. What time and CPU it takes
 * is printed, with the load of the machine, and decides nothing.
 */
@Tag("thorough")
class ListVolumeTest {

    private static final int SAGAS = Integer.getInteger("caravan.list.sagas", 1_000_000);
    private static final int CAPACITY = Integer.getInteger("caravan.list.capacity", 50_000);
    private static final long MEGABYTES = 1 << 20;
    private static final long HEAP = 300 * MEGABYTES;
    private static final long DISK = 300;
    private static final int FILES = 600;
    private static final int ONE = SAGAS / 3;
    private static final int TIMES = 20;
    private static final OperatingSystemMXBean MACHINE =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final Instant AT = Instant.parse("2026-01-31T09:30:00Z");
    private static final Instant NOW = AT.plusMillis(SAGAS);
    private static final Duration SILENCE = Duration.ofMinutes(5);

    @Test
    @Timeout(value = 3, unit = TimeUnit.HOURS)
    void findsOneOfAllByWhateverIsAskedFor(@TempDir Path directory) throws IOException {
        long before = heap();
        try (SagaLines lines = new SagaLines(CAPACITY, new NumberedLog(), SagaDirectory.at(directory))) {
            lines.begin();
            fill(lines);
            assertThat(lines.inMemory()).hasSizeLessThanOrEqualTo(CAPACITY + CAPACITY / 10);
            int onDisk = SAGAS - lines.inMemory().size();
            List<Long> files = sizes(directory);
            long bytes = files.stream().mapToLong(Long::longValue).sum() / onDisk;
            long used = heap() - before;
            System.out.printf(
                    "%,d MB of heap, %,d of the lines in memory; %d bytes of disk for each of the others, %d files%n",
                    used / MEGABYTES, lines.inMemory().size(), bytes, files.size());
            assertThat(used).isLessThan(HEAP);
            assertThat(bytes).isLessThan(DISK);
            assertThat(files).hasSizeLessThan(FILES);

            String amount = amount(ONE).toPlainString();
            assertThat(asked(lines, "an amount", business("attribute.amount", amount)))
                    .isEqualTo(1);
            assertThat(asked(lines, "amounts above", business("attribute.amount.gt", amount)))
                    .isEqualTo(SAGAS - ONE - 1);
            assertThat(asked(lines, "a key", business("key", "order-" + ONE))).isEqualTo(1);
            assertThat(asked(lines, "a customer", business("attribute.customer", "customer-77")))
                    .isEqualTo(SAGAS / 1000);
            assertThat(asked(
                            lines,
                            "a part of an id",
                            text(id(ONE).value().substring(5, 25).toUpperCase(Locale.ROOT))))
                    .isEqualTo(1);
            assertThat(asked(lines, "two characters", text("a7"))).isPositive();
            assertThat(asked(lines, "all", SagaQuery.latest(100))).isEqualTo(SAGAS);
            assertThat(asked(lines, "a status", status(SagaStatus.COMPENSATED))).isEqualTo(SAGAS / 100);
            assertThat(asked(lines, "nearly all", status(SagaStatus.COMPLETED))).isEqualTo(SAGAS - SAGAS / 100);
            assertThat(asked(lines, "a time", between(AT.plusMillis(ONE), AT.plusMillis(ONE + 1_000))))
                    .isEqualTo(999);
            assertThat(asked(lines, "the last page", after(ONE))).isEqualTo(SAGAS);
            assertThat(lines.find(id(ONE))).isPresent();
            long begin = System.nanoTime();
            long cpu = THREADS.getCurrentThreadCpuTime();
            List<SagaGroup> groups = lines.read(
                    all -> SagaGroup.all(all, SagaQuery.latest(100), NOW, SILENCE),
                    (some, disk) -> SagaGroup.first(some, disk.groups(SagaQuery.latest(100)), SagaQuery.latest(100)));
            print("groups of all", System.nanoTime() - begin, THREADS.getCurrentThreadCpuTime() - cpu, groups.size());
            assertThat(groups).hasSize(2);
        }
    }

    private static void fill(SagaLines lines) {
        long start = System.nanoTime();
        long cpu = MACHINE.getProcessCpuTime();
        for (int i = 0; i < SAGAS; i++) {
            lines.put(saga(i));
            lines.end(id(i));
            lines.makeRoom(() -> new long[3]);
        }
        System.out.printf(
                Locale.ROOT,
                "%,d sagas, each %.0f us of CPU and %.0f us of time; load %.1f, %d processors%n",
                SAGAS,
                (MACHINE.getProcessCpuTime() - cpu) / 1e3 / SAGAS,
                (System.nanoTime() - start) / 1e3 / SAGAS,
                MACHINE.getSystemLoadAverage(),
                MACHINE.getAvailableProcessors());
    }

    private static List<Long> sizes(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.map(Path::toFile).filter(File::isFile).map(File::length).toList();
        }
    }

    private static long asked(SagaLines lines, String what, SagaQuery query) {
        long total = 0;
        long[] took = new long[TIMES];
        long[] cpu = new long[TIMES];
        for (int i = -TIMES; i < TIMES; i++) {
            long begin = System.nanoTime();
            long beginCpu = THREADS.getCurrentThreadCpuTime();
            Paging paging = new Paging(query, NOW, SILENCE);
            total = lines.read(paging::lookAt, (page, disk) -> page.page(disk.page(query, page.after())))
                    .total();
            cpu[Math.max(i, 0)] = THREADS.getCurrentThreadCpuTime() - beginCpu;
            took[Math.max(i, 0)] = System.nanoTime() - begin;
        }
        print(what, median(took), median(cpu), total);
        return total;
    }

    private static long median(long[] all) {
        Arrays.sort(all);
        return all[all.length / 2];
    }

    private static void print(String what, long nanos, long cpu, long found) {
        System.out.printf(
                Locale.ROOT, "%-16s %,10d found, %6.1f ms, %6.1f of CPU%n", what, found, nanos / 1e6, cpu / 1e6);
    }

    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static SagaQuery business(String name, String value) {
        return SagaQuery.latest(100).calling(BusinessFilter.of(Map.of(name, List.of(value))));
    }

    private static SagaQuery text(String text) {
        return new SagaQuery(Set.of(), null, text, null, null, false, SagaQuery.Order.ATTENTION, null, 100);
    }

    private static SagaQuery status(SagaStatus status) {
        return new SagaQuery(Set.of(status), null, null, null, null, false, SagaQuery.Order.LATEST, null, 100);
    }

    private static SagaQuery between(Instant after, Instant before) {
        return new SagaQuery(Set.of(), null, null, before, after, false, SagaQuery.Order.LATEST, null, 100);
    }

    private static SagaQuery after(int number) {
        String place =
                Place.of(saga(number), Attention.NONE, SagaQuery.Order.LATEST).encoded();
        return new SagaQuery(Set.of(), null, null, null, null, false, SagaQuery.Order.LATEST, place, 100);
    }

    private static SagaId id(int number) {
        return new SagaId(new UUID(number * 0x9E3779B97F4A7C15L, number * 0xC2B2AE3D27D4EB4FL).toString());
    }

    private static BigDecimal amount(int number) {
        return BigDecimal.valueOf(number, 2);
    }

    private static SagaSummary saga(int number) {
        boolean undone = number % 100 == 0;
        Map<String, Object> attributes = new LinkedHashMap<>();
        attributes.put("amount", amount(number));
        attributes.put("customer", "customer-" + number % 1000);
        attributes.put("country", number % 2 == 0 ? "KR" : "AT");
        Positions positions = Positions.NONE;
        for (int i = 0; i < 8; i++) {
            positions = positions.plus(number * 8L + i * 5L);
        }
        Instant at = AT.plusMillis(number);
        return new SagaSummary(
                id(number),
                "order-saga",
                undone ? SagaStatus.COMPENSATED : SagaStatus.COMPLETED,
                "order-" + number,
                undone ? "The card of customer-" + number % 1000 + " was declined" : null,
                null,
                null,
                null,
                null,
                at,
                at.plusMillis(300),
                attributes,
                null,
                "shop",
                "1",
                undone ? new Cause("PROCESS_PAYMENT", "CARD_DECLINED") : new Cause(null, null),
                positions);
    }
}
