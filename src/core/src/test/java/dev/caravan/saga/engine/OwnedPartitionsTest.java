package dev.caravan.saga.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.engine.PendingReplies.Pending;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLog;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.test.ManualTimers;
import dev.caravan.saga.test.TestEngine;
import dev.caravan.testing.HangLimit;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Instances of one application on one log: which of them runs a saga, before and after it moves. */
class OwnedPartitionsTest {

    private static final SagaId ID = new SagaId("order-1");
    private static final SagaId OTHER = new SagaId("order-2");

    private final InMemorySagaLog log = new InMemorySagaLog();

    /** One instance; it reads the log when the test says so. */
    private final class Instance {
        private final SagaHost host;
        private final OwnedPartitions owned;
        private final List<String> resumed = new ArrayList<>();
        private int position;

        private Instance(String name) {
            SagaEngine engine = TestEngine.on(log, new ManualTimers())
                    .instance(name)
                    .partitions(OwnedPartitions.Ends.UNTOLD)
                    .recovery(sagas ->
                            saga -> resumed.add(saga.id() + " " + saga.state().status()))
                    .build();
            host = engine.host();
            owned = engine.partitions();
        }

        private Instance gain(long end) {
            owned.gained(0, position, end);
            return this;
        }

        private Instance read(int entries) {
            for (int i = 0; i < entries; i++) {
                owned.read(0, position, all().get(position++));
            }
            return this;
        }

        private Instance readAll() {
            while (position < all().size()) {
                read(1);
            }
            return this;
        }
    }

    private List<SagaLogEntry> all() {
        List<SagaLogEntry> all = new ArrayList<>();
        log.replay(0, all::add);
        return all;
    }

    private List<String> resumers() {
        return all().stream()
                .map(SagaLogEntry::event)
                .filter(SagaEvent.Resume.class::isInstance)
                .map(event -> ((SagaEvent.Resume) event).host())
                .toList();
    }

    private Instance owner(String name) {
        return new Instance(name).gain(all().size()).readAll();
    }

    private static SagaEvent.Start start(String application) {
        return new SagaEvent.Start("order-saga", null, null, null, Map.of(), application);
    }

    private static LiveSaga start(Instance instance, SagaId id) {
        return instance.host.start(id, start("orders")).join();
    }

    @Test
    void startsNoSagaWithoutAPartition() {
        Instance instance = new Instance("first");

        assertThat(instance.owned.ready()).isNotDone();
        assertThatThrownBy(() -> start(instance, ID))
                .hasRootCauseMessage("Saga order-1 cannot be started here: its partition is not this instance's");
        assertThatThrownBy(() -> instance.host.find(ID).join())
                .hasRootCauseMessage("Saga order-1 does not run here: its partition is not this instance's");
        assertThat(all()).isEmpty();
    }

    @Test
    void ownsAnEmptyPartitionAtOnce() {
        Instance instance = new Instance("first").gain(0);

        assertThat(instance.owned.ready()).isCompleted();
        assertThat(instance.owned.owns(ID)).isTrue();
    }

    @Test
    void ownsAPartitionOnceItHasReadIt() {
        Instance before = owner("first");
        start(before, ID).append(new SagaEvent.Complete()).join();

        Instance instance = new Instance("second").gain(2).read(1);
        assertThat(instance.owned.owns(ID)).isFalse();
        assertThat(instance.owned.position(0)).isEmpty();

        instance.read(1);
        assertThat(instance.owned.owns(ID)).isTrue();
        assertThat(instance.owned.ready()).isCompleted();
        assertThat(instance.owned.position(0)).isEqualTo(OptionalLong.of(2));
    }

    @Test
    void countsAnOffsetWithoutAnEntryAsRead() {
        Instance instance = new Instance("first").gain(1);

        instance.owned.skipped(0, 0);

        assertThat(instance.owned.owns(ID)).isTrue();
        assertThat(instance.owned.position(0)).isEqualTo(OptionalLong.of(1));
    }

    @Test
    void goesOnWithASagaOnceTheLogSaysThatItHasIt() {
        start(owner("first"), ID).append(new SagaEvent.Fail(null, "no stock")).join();

        Instance second = new Instance("second").gain(2).read(2);
        assertThat(resumers()).containsExactly("second");
        assertThat(all().get(2).epoch()).isEqualTo(1);
        assertThat(second.resumed).isEmpty();

        second.readAll();
        assertThat(second.resumed).containsExactly("order-1 COMPENSATING");
        assertThat(second.host.size()).isEqualTo(1);
    }

    @Test
    void goesOnWithNoSagaThatHasEndedOrIsOfAnotherApplication() {
        Instance first = owner("first");
        start(first, ID).append(new SagaEvent.Complete()).join();
        first.host.start(OTHER, start("payments")).join();

        Instance second = owner("second");

        assertThat(second.resumed).isEmpty();
        assertThat(second.host.size()).isZero();
        assertThat(all()).hasSize(3);
    }

    @Test
    void neverWritesToASagaOfAnotherApplication() {
        Instance instance = owner("first");
        log.append(new SagaLogEntry(ID, 0, Instant.EPOCH, start("payments")));
        instance.readAll();

        assertThatThrownBy(() -> instance.host.find(ID).join())
                .hasRootCauseMessage("Saga order-1 does not run here: it is another application's");
        assertThat(instance.host.live(ID)).isEmpty();
    }

    @Test
    void hasTheNextOwnerReadFromTheOldestSagaInFlight() {
        Instance instance = owner("first");
        start(instance, ID);
        LiveSaga other = start(instance, OTHER);
        instance.host.live(ID).orElseThrow().append(new SagaEvent.Complete()).join();
        assertThat(instance.readAll().owned.position(0)).isEqualTo(OptionalLong.of(1));

        other.append(new SagaEvent.Complete()).join();
        assertThat(instance.readAll().owned.position(0)).isEqualTo(OptionalLong.of(4));
    }

    @Test
    void letsGoOfTheSagasInAPartitionThatIsLost() {
        Instance instance = owner("first");
        LiveSaga saga = start(instance, ID);
        instance.readAll();
        Pending action = saga.expect(new Step("PAY", 1), null, "Pay", true);
        Pending callback = saga.expect(new Step("PAY", 1), null, "Refund", false);

        instance.owned.lost(0);

        assertThat(instance.host.size()).isZero();
        assertThat(action.reply()).isCompletedExceptionally();
        assertThat(callback.reply()).isCompletedExceptionally();
        assertThatThrownBy(() -> saga.append(new SagaEvent.Complete()).join())
                .hasRootCauseMessage("Saga order-1 goes on in another instance");
        assertThat(saga.ended()).isCompletedExceptionally();
        assertThat(instance.owned.ready()).isNotDone();
        assertThat(instance.owned.position(0)).isEmpty();
        assertThat(all()).hasSize(1);
    }

    /** To a parent that goes on, its child's going elsewhere would be a failure for which it is undone. */
    @Test
    void letsGoOfParentsBeforeTheirChildrenSayThatTheyAreGone() {
        Instance instance = owner("first");
        LiveSaga parent = start(instance, ID);
        List<LiveSaga> children = Stream.of("order-0", "order-2", "order-3")
                .map(id -> startWithin(instance, ID, new SagaId(id)))
                .toList();
        List<Boolean> gone = new ArrayList<>();
        children.forEach(child -> child.ended().exceptionally(moved -> {
            gone.add(parent.isGone());
            return null;
        }));
        instance.readAll();

        instance.owned.lost(0);

        assertThat(gone).containsExactly(true, true, true);
    }

    @Test
    void letsGoOfTheParentOfASagaThatItLetsGo() {
        Instance instance = owner("first");
        LiveSaga parent = start(instance, ID);
        LiveSaga child = startWithin(instance, ID, new SagaId("order-2"));
        LiveSaga other = start(instance, new SagaId("order-3"));
        instance.readAll();

        instance.host.letGo(child, new IllegalStateException("it is not known whether an entry is in the log"));

        assertThat(child.isGone()).isTrue();
        assertThat(parent.isGone()).isTrue();
        assertThat(other.isGone()).isFalse();
        instance.owned.adopt();
        instance.owned.adopt();
        instance.readAll();
        assertThat(instance.resumed).containsExactlyInAnyOrder("order-1 EXECUTING", "order-2 EXECUTING");
    }

    private static LiveSaga startWithin(Instance instance, SagaId parent, SagaId child) {
        return instance.host
                .start(
                        child,
                        new SagaEvent.Start(
                                "child-saga",
                                null,
                                null,
                                null,
                                Map.of(),
                                "orders",
                                null,
                                null,
                                parent,
                                null,
                                null,
                                null))
                .join();
    }

    @Test
    void letsGoOfASagaThatAnotherInstanceTookOver() {
        Instance first = owner("first");
        LiveSaga saga = start(first, ID);
        first.readAll();
        Instance second = owner("second");

        saga.append(new SagaEvent.Fail(null, "written too late")).join();
        first.readAll();
        second.readAll();

        assertThat(first.host.size()).isZero();
        assertThat(second.resumed).containsExactly("order-1 EXECUTING");
        assertThat(second.host.read(ID).status()).isEqualTo(SagaStatus.EXECUTING);
    }

    @Test
    void givesASagaToTheOwnerOfItsPartitionWhenTwoTakeItOverAtOnce() {
        start(owner("first"), ID);
        Instance second = new Instance("second").gain(1).read(1);
        Instance third = new Instance("third").gain(1).read(1);
        assertThat(resumers()).containsExactly("second", "third");

        second.owned.lost(0);
        third.readAll();

        assertThat(second.resumed).isEmpty();
        assertThat(third.resumed).containsExactly("order-1 EXECUTING");
        LiveSaga saga = third.host.live(ID).orElseThrow();
        assertThat(saga.state().epoch()).isEqualTo(2);
        saga.append(new SagaEvent.Complete()).join();
        assertThat(third.host.read(ID).status()).isEqualTo(SagaStatus.COMPLETED);
    }

    @Test
    void keepsASagaThatAnotherWantedToTakeOverInTheSameEpoch() {
        start(owner("first"), ID);
        Instance second = new Instance("second").gain(1).read(1);
        Instance third = new Instance("third").gain(1).read(1);
        third.owned.lost(0);

        second.readAll();

        assertThat(second.resumed).containsExactly("order-1 EXECUTING");
        assertThat(second.host.live(ID).orElseThrow().state().epoch()).isEqualTo(1);
    }

    /** It lets go only when it hears of it; what it appends until the RESUME counts. */
    @Test
    void goesOnFromWhatTheFormerOwnerStillWrote() {
        start(owner("first"), ID);
        Instance second = new Instance("second").gain(1).read(1);
        SagaLogEntry resume = all().get(1);
        second.owned.read(0, 1, late(new SagaEvent.Fail(null, "no stock")));
        second.owned.read(0, 2, resume);

        assertThat(second.resumed).containsExactly("order-1 COMPENSATING");
        assertThat(second.host.live(ID).orElseThrow().state().reason()).isEqualTo("no stock");
    }

    @Test
    void doesNotGoOnWithASagaThatTheFormerOwnerEndedMeanwhile() {
        start(owner("first"), ID);
        Instance second = new Instance("second").gain(1).read(1);
        SagaLogEntry resume = all().get(1);
        second.owned.read(0, 1, late(new SagaEvent.Complete()));
        second.owned.read(0, 2, resume);

        assertThat(second.resumed).isEmpty();
        assertThat(second.host.size()).isZero();
        assertThat(all()).hasSize(2);
    }

    /** Of the first owner, after START. */
    private static SagaLogEntry late(SagaEvent event) {
        return new SagaLogEntry(ID, 1, 0, Instant.EPOCH, event);
    }

    @Test
    void keepsOneCopyOfTheStateOfASagaThatWasReadBack() {
        Instance instance = owner("first");
        LiveSaga saga = start(instance, ID);
        saga.append(new SagaEvent.StepRetry(new Step("PAY", 1), "Pay", 1, "no reply"))
                .join();

        instance.read(1);
        assertThat(instance.owned.inFlight(ID)).get().isNotSameAs(saga.state());

        instance.readAll();
        assertThat(instance.owned.inFlight(ID)).get().isSameAs(saga.state());
    }

    @Test
    void keepsWhatTheLogSaysWhenAnotherWasFirst() {
        Instance instance = owner("first");
        LiveSaga saga = start(instance, ID);
        instance.readAll();
        log.append(entry(1, new SagaEvent.Enlist(new Step("PAY", 1), "direct:theirs", null, Map.of())));
        saga.append(new SagaEvent.Enlist(new Step("PAY", 1), "direct:mine", null, Map.of()))
                .join();

        instance.read(1);
        SagaState read = instance.owned.inFlight(ID).orElseThrow();

        assertThat(saga.state().nextSequence()).isEqualTo(read.nextSequence());
        assertThat(compensations(read)).containsExactly("direct:theirs");
        assertThat(compensations(saga.state())).containsExactly("direct:mine");

        instance.readAll();
        assertThat(instance.owned.inFlight(ID))
                .get()
                .extracting(SagaState::ignored)
                .isEqualTo(1);
        assertThat(saga.state().ignored()).isZero();
    }

    @Test
    void keepsACopyOfItsOwnAgainOnceAnEntryCameTwice() {
        Instance instance = owner("first");
        LiveSaga saga = start(instance, ID);
        log.append(all().get(0));

        instance.readAll();

        assertThat(instance.owned.inFlight(ID)).get().isNotEqualTo(saga.state());
        assertThat(instance.owned.inFlight(ID))
                .get()
                .extracting(SagaState::ignored)
                .isEqualTo(1);
    }

    @Test
    void leavesTheOptionsOfARunningSagaInTheirTypes() {
        Instance instance = owner("first");
        LiveSaga saga = start(instance, ID);
        saga.enlist("PAY", "direct:undo", null, Map.of("amount", 5L));
        instance.readAll();
        SagaEvent asJson = new SagaEvent.Enlist(new Step("SHIP", 1), "direct:undo", null, Map.of("amount", 5));
        saga.enlist("SHIP", "direct:undo", null, Map.of("amount", 5L));
        instance.owned.read(0, 2, entry(2, asJson));

        assertThat(options(saga.state())).containsExactly(Map.of("amount", 5L), Map.of("amount", 5L));
        assertThat(options(instance.owned.inFlight(ID).orElseThrow()))
                .containsExactly(Map.of("amount", 5L), Map.of("amount", 5));
    }

    private static List<Map<String, Object>> options(SagaState state) {
        return state.steps().stream().map(step -> step.enlistment().options()).toList();
    }

    private static List<String> compensations(SagaState state) {
        return state.steps().stream()
                .map(step -> step.enlistment().compensation())
                .toList();
    }

    /** At the time that the instances have. */
    private static SagaLogEntry entry(long sequence, SagaEvent event) {
        return new SagaLogEntry(ID, sequence, 0, new ManualTimers().clock().instant(), event);
    }

    /** As a log whose memory is full: it takes no more until the one thread that tells of ends has made room. */
    private SagaLog full(CompletableFuture<Void> told) {
        return (SagaLog) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {SagaLog.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("append")) {
                        CompletableFuture.runAsync(() -> told.complete(null)).get(HangLimit.SECONDS, TimeUnit.SECONDS);
                    }
                    return method.invoke(log, arguments);
                });
    }

    @Test
    void hearsThatAnEndWasToldThoughItWaitsForRoomInTheLog() {
        SagaEvent.Start start = new SagaEvent.Start("order-saga", null, null, null, Map.of(), "orders");
        for (SagaEvent event : List.of(start, new SagaEvent.Close(), new SagaEvent.Complete())) {
            log.append(new SagaLogEntry(ID, all().size(), Instant.EPOCH, event));
        }
        log.append(new SagaLogEntry(OTHER, 0, Instant.EPOCH, start));
        CompletableFuture<Void> told = new CompletableFuture<>();
        Deque<Runnable> tasks = new ArrayDeque<>();
        OwnedPartitions owned = TestEngine.on(full(told), new ManualTimers())
                .threads(SagaThreads.of(tasks::add))
                .partitions(ended -> told)
                .build()
                .partitions();
        owned.gained(0, 0, 4);

        List<SagaLogEntry> entries = all();
        for (int offset = 0; offset < 4; offset++) {
            owned.read(0, offset, entries.get(offset));
        }

        assertThat(told).isCompleted();
        assertThat(owned.position(0)).hasValue(0);
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
        assertThat(owned.position(0)).hasValue(3);
    }
}
