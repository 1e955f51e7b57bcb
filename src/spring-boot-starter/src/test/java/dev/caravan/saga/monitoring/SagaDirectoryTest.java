package dev.caravan.saga.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.camel.StartRefusedException;
import dev.caravan.saga.state.Attributes;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import dev.caravan.testing.HangLimit;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The list of sagas with room for fifty in memory, and a disk. */
class SagaDirectoryTest {

    private static final Instant AT = Instant.parse("2026-01-31T09:30:00Z");
    private static final Duration SILENCE = Duration.ofMinutes(5);
    private static final int CAPACITY = 50;
    private static final Step HOTEL = new Step("HOTEL", 1);

    @TempDir
    private Path directory;

    private final NumberedLog log = new NumberedLog();
    private Instant now = AT.plusSeconds(60);

    private SagaView view(SagaDirectory where) {
        SagaView view = new SagaView(log, new MovedClock(), CAPACITY, SILENCE, where);
        view.follow();
        return view;
    }

    private final class MovedClock extends Clock {
        @Override
        public ZoneOffset getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    private SagaDirectory kept() {
        return SagaDirectory.at(directory);
    }

    private void complete(int from, int to) {
        for (int i = from; i < to; i++) {
            log.append(id(i), AT.plusMillis(i), start(i), new SagaEvent.Complete());
        }
    }

    private static SagaId id(int number) {
        return new SagaId("trip-" + number);
    }

    private static SagaEvent start(int number) {
        return new SagaEvent.Start("trip", null, "order-" + number, null, Map.of());
    }

    private static List<String> ids(SagaView view) {
        return view.list(SagaQuery.latest(1_000)).sagas().stream()
                .map(line -> line.saga().sagaId().value())
                .toList();
    }

    private static List<String> trips(int from, int to) {
        return IntStream.range(0, to - from)
                .mapToObj(i -> "trip-" + (to - 1 - i))
                .toList();
    }

    @Test
    void readsOnlyWhatIsNotOnDiskAfterARestart() {
        complete(0, 200);
        try (SagaView before = view(kept())) {
            assertThat(ids(before)).isEqualTo(trips(0, 200));
        }
        complete(200, 205);
        long handedOver = log.handedOver();

        try (SagaView after = view(kept())) {
            assertThat(ids(after)).isEqualTo(trips(0, 205));
            assertThat(log.handedOver() - handedOver).isLessThan(150);
            assertThat(after.findByKey("order-3").orElseThrow().sagaId()).isEqualTo(id(3));
            assertThat(after.read(id(3)).orElseThrow().entries()).hasSize(2);
        }
    }

    @Test
    void goesOnWithASagaThatWasInFlightWhenItEnded() {
        log.append(id(0), AT, start(0), new SagaEvent.Enlist(HOTEL, null, null, Map.of()));
        complete(1, 100);
        view(kept()).close();

        try (SagaView after = view(kept())) {
            log.append(new SagaLogEntry(id(0), 2, AT, new SagaEvent.Complete()));
            assertThat(after.line(id(0)).orElseThrow().status()).isEqualTo(SagaStatus.COMPLETED);
            assertThat(after.read(id(0)).orElseThrow().entries()).hasSize(3);
            assertThat(ids(after)).isEqualTo(trips(0, 100));
        }
    }

    @Test
    void hasEachSagaOnceAfterACrash(@TempDir Path copy) throws IOException {
        complete(0, 87);
        try (SagaView before = view(kept())) {
            assertThat(before.overview().total()).isEqualTo(87);
            copy(directory, copy.resolve("crashed"));
        }
        complete(87, 90);

        try (SagaView after = view(SagaDirectory.at(copy.resolve("crashed")))) {
            assertThat(ids(after)).isEqualTo(trips(0, 90));
            assertThat(after.overview().total()).isEqualTo(90);
        }
    }

    /** What is written again of a saga that is on disk is found there, in this run and in the next. */
    @Test
    void hasEachSagaOnceWhoseEntriesComeAgain() {
        complete(0, 200);
        SagaState carried = SagaState.initial(id(3)).apply(new SagaLogEntry(id(3), 0, AT, start(3)));
        try (SagaView view = view(kept())) {
            for (int i = 0; i < 200; i++) {
                log.append(new SagaLogEntry(id(i), 0, AT.plusMillis(i), start(i)));
            }
            log.append(new SagaLogEntry(id(3), 1, AT.plusSeconds(1), new SagaEvent.Snapshot(carried)));
            assertThat(ids(view)).isEqualTo(trips(0, 200));
        }
        try (SagaView after = view(kept())) {
            for (int i = 0; i < 200; i++) {
                log.append(new SagaLogEntry(id(i), 0, AT.plusMillis(i), start(i)));
            }
            assertThat(ids(after)).isEqualTo(trips(0, 200));
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path file : all.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    @Test
    void isBuiltAnewFromTheLogWhenAFileIsDamagedOrMissing() throws IOException {
        complete(0, 65);
        view(kept()).close();
        List<Path> files = filesOfTheIndex();
        for (Path file : files) {
            byte[] good = Files.readAllBytes(file);
            byte[] bad = good.clone();
            bad[bad.length / 2] ^= 1;
            Files.write(file, bad);
            try (SagaView after = view(kept())) {
                assertThat(ids(after)).as(file.toString()).isEqualTo(trips(0, 65));
            }
        }
        assertThat(files).hasSizeGreaterThan(2);
        for (Path file : filesOfTheIndex()) {
            Files.deleteIfExists(file);
            try (SagaView after = view(kept())) {
                assertThat(ids(after)).as(file.toString()).isEqualTo(trips(0, 65));
            }
        }
    }

    private List<Path> filesOfTheIndex() throws IOException {
        try (Stream<Path> all = Files.list(directory.resolve("sagas"))) {
            return all.filter(file -> !file.endsWith("write.lock")).toList();
        }
    }

    @Test
    void isBuiltAnewForALogThatWasMadeAnew() {
        complete(0, 100);
        view(kept()).close();
        log.makeAnew();
        complete(300, 302);

        try (SagaView after = view(kept())) {
            assertThat(ids(after)).isEqualTo(trips(300, 302));
        }
    }

    @Test
    void tellsVeryLongKeysApart() {
        String key = "k".repeat(40_000);
        for (int i = 0; i < 2; i++) {
            log.append(id(i), AT, new SagaEvent.Start("trip", null, key + i, null, Map.of()), new SagaEvent.Complete());
        }
        complete(2, 200);
        try (SagaView view = view(kept())) {
            assertThat(view.overview().forgotten()).isZero();
            assertThat(view.findByKey(key + 0).orElseThrow().sagaId()).isEqualTo(id(0));
            assertThat(view.findByKey(key + 1).orElseThrow().sagaId()).isEqualTo(id(1));
            assertThat(view.findByKey(key)).isEmpty();
        }
    }

    @Test
    void findsTheLatestOfAKeyAlsoWhenAnOlderOneIsStillInFlight() {
        log.append(id(1_000), AT.minusSeconds(1), start(7));
        complete(0, 200);
        log.append(new SagaLogEntry(id(1_000), 1, AT.plusSeconds(5), new Attributes(Map.of("note", "late"))));
        try (SagaView view = view(kept())) {
            assertThat(view.findByKey("order-7").orElseThrow().sagaId()).isEqualTo(id(7));
        }
    }

    @Test
    void leavesOutTheVeryNumberThatOthersAreComparedWith() {
        for (int i = 0; i < 200; i++) {
            log.append(
                    id(i),
                    AT.plusMillis(i),
                    start(i),
                    new Attributes(Map.of("amount", new BigDecimal(i))),
                    new SagaEvent.Complete());
        }
        try (SagaView view = view(kept())) {
            assertThat(amounts(view, "attribute.amount.gt", "10")).isEqualTo(189);
            assertThat(amounts(view, "attribute.amount.gte", "10")).isEqualTo(190);
            assertThat(amounts(view, "attribute.amount.lt", "10.0")).isEqualTo(10);
            assertThat(amounts(view, "attribute.amount.lte", "10.0")).isEqualTo(11);
        }
    }

    private static long amounts(SagaView view, String name, String amount) {
        BusinessFilter filter = BusinessFilter.of(Map.of(name, List.of(amount)));
        return view.list(SagaQuery.latest(10).calling(filter)).total();
    }

    @Test
    void isBuiltAnewForAnotherLogThatIsLonger() {
        complete(0, 100);
        view(kept()).close();
        log.makeAnew();
        complete(300, 500);

        try (SagaView after = view(kept())) {
            assertThat(ids(after)).isEqualTo(trips(300, 500));
        }
    }

    /** As one that was restored from a backup. */
    @Test
    void isBuiltAnewForTheSameLogWhenThatIsShorter() {
        complete(0, 100);
        view(kept()).close();
        log.goBackToNothing();
        complete(300, 302);

        try (SagaView after = view(kept())) {
            assertThat(ids(after)).isEqualTo(trips(300, 302));
        }
    }

    @Test
    void isBuiltAnewForALogWithMorePartitions() {
        complete(0, 100);
        view(kept()).close();

        NumberedLog more = new NumberedLog(5);
        for (int i = 0; i < 500; i++) {
            more.append(id(i), AT.plusMillis(i), start(i), new SagaEvent.Complete());
        }
        try (SagaView after = new SagaView(more, new MovedClock(), CAPACITY, SILENCE, kept())) {
            after.follow();
            assertThat(ids(after)).isEqualTo(trips(0, 500));
        }
    }

    @Test
    void isBuiltAnewWhereverAFileIsDamaged(@TempDir Path copies) throws IOException {
        complete(0, 65);
        view(kept()).close();
        Path largest = filesOfTheIndex().stream()
                .max(Comparator.comparing(file -> file.toFile().length()))
                .orElseThrow();
        byte[] good = Files.readAllBytes(largest);
        for (int at = 0; at < good.length; at += good.length / 40) {
            Path damaged = copies.resolve("damaged-at-" + at);
            copy(directory, damaged);
            byte[] bad = good.clone();
            bad[at] ^= 1;
            Files.write(damaged.resolve(directory.relativize(largest)), bad);

            try (SagaView after = view(SagaDirectory.at(damaged))) {
                assertThat(ids(after)).as("byte %d", at).isEqualTo(trips(0, 65));
                assertThat(after.overview().forgotten()).as("byte %d", at).isZero();
            }
        }
    }

    @Test
    void refusesADirectoryThatAnotherOneUses() {
        try (SagaView first = view(kept())) {
            assertThatThrownBy(() -> view(kept()))
                    .isInstanceOf(StartRefusedException.class)
                    .hasMessageContaining("caravan.view.directory")
                    .hasMessageContaining(directory.toString());
            assertThat(ids(first)).isEmpty();
        }
        view(kept()).close();
    }

    @Test
    void leavesOutSagasOfWhichTheLogHasNothingMore() {
        try (SagaView view = view(kept())) {
            complete(0, 100);
            log.append(id(100), AT.plusMillis(100), start(100));
            log.loseAll();
            now = now.plus(Duration.ofMinutes(11));
            complete(101, 102);

            assertThat(ids(view)).isEqualTo(trips(100, 102));
            assertThat(view.overview().total()).isEqualTo(2);
            assertThat(view.overview().forgotten()).isZero();
            assertThat(view.findByKey("order-3")).isEmpty();
        }
        try (SagaView after = view(kept())) {
            assertThat(ids(after)).isEqualTo(trips(101, 102));
        }
    }

    @Test
    void keepsASagaThatWasCarriedForwardAsLongAsTheLogHasThat() {
        try (SagaView view = view(kept())) {
            SagaState state = SagaState.initial(id(0)).apply(new SagaLogEntry(id(0), 0, AT, start(0)));
            log.append(id(0), AT, start(0));
            complete(1, 50);
            log.loseAll();
            log.append(new SagaLogEntry(id(0), 1, AT, new SagaEvent.Snapshot(state)));
            log.append(new SagaLogEntry(id(0), 2, AT, new SagaEvent.Complete()));
            complete(50, 100);
            now = now.plus(Duration.ofMinutes(11));
            complete(100, 101);
            assertThat(ids(view)).contains("trip-0").hasSize(52);

            log.loseAll();
            now = now.plus(Duration.ofMinutes(11));
            complete(101, 102);
            assertThat(ids(view)).isEqualTo(trips(101, 102));
        }
    }

    @Test
    void removesATemporaryDirectory() throws IOException {
        complete(0, 100);
        try (SagaView view = view(SagaDirectory.temporaryIn(directory))) {
            assertThat(ids(view)).isEqualTo(trips(0, 100));
            assertThat(inside(directory)).hasSize(1);
        }
        assertThat(inside(directory)).isEmpty();
    }

    @Test
    void makesNoTemporaryDirectoryBeforeItIsNeeded() throws IOException {
        complete(0, CAPACITY);
        try (SagaView view = view(SagaDirectory.temporaryIn(directory))) {
            assertThat(ids(view)).hasSize(CAPACITY);
            assertThat(inside(directory)).isEmpty();
        }
    }

    private static List<Path> inside(Path directory) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.toList();
        }
    }

    @Test
    void goesOnInMemoryAndSaysSoWhereThereIsNoDisk() throws IOException {
        complete(0, 100);
        Path file = Files.createFile(directory.resolve("a file"));
        try (SagaView view = view(SagaDirectory.temporaryIn(file))) {
            assertThat(ids(view)).hasSize(50);
            assertThat(view.overview().forgotten()).isEqualTo(50);
        }
    }

    @Test
    void goesOnInMemoryAndSaysSoWhenTheDiskFails() throws IOException {
        complete(0, 100);
        try (SagaView view = view(kept())) {
            assertThat(ids(view)).hasSize(100);
            for (Path file : filesOfTheIndex()) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(directory.resolve("sagas/write.lock"));
            Files.delete(directory.resolve("sagas"));
            complete(100, 200);

            assertThat(ids(view)).isEqualTo(trips(150, 200));
            assertThat(view.overview().forgotten()).isEqualTo(150);
        }
    }

    /** What moves to the disk is seen neither twice nor not at all. */
    @Test
    void hasEachSagaOnceWhileTheyMove() throws Exception {
        try (SagaView view = view(kept())) {
            complete(0, 50);
            CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> complete(50, 300));
            long last = 50;
            while (!writing.isDone()) {
                List<String> ids = ids(view);
                assertThat(ids).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo((int) last);
                last = view.overview().total();
                assertThat(last).isGreaterThanOrEqualTo(ids.size());
            }
            writing.get(HangLimit.SECONDS, TimeUnit.SECONDS);
            assertThat(ids(view)).isEqualTo(trips(0, 300));
        }
    }
}
