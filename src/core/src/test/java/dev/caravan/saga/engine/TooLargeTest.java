package dev.caravan.saga.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.state.EntryTooLargeException;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLog;
import dev.caravan.saga.state.SagaLogCodec;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepLeft;
import dev.caravan.saga.test.ManualTimers;
import dev.caravan.saga.test.TestEngine;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** What does not fit into an entry of the log: no saga goes round because of it. */
class TooLargeTest {

    private static final SagaId ID = new SagaId("order-1");
    private static final Step PAY = new Step("PAY", 1);
    private static final int LIMIT = 1_048_576;

    private final SagaLogCodec codec = new SagaLogCodec();
    private final InMemorySagaLog memory = new InMemorySagaLog();
    private final List<String> refusedLater = new ArrayList<>();

    /** Takes what Kafka takes. */
    private final class LimitedLog implements SagaLog {

        @Override
        public CompletionStage<Void> append(SagaLogEntry entry) {
            int bytes = codec.encode(entry).length;
            if (refusedLater.contains(entry.event().type())) {
                CompletableFuture<Void> later = new CompletableFuture<>();
                timers.schedule(
                        java.time.Duration.ofMillis(1),
                        () -> later.completeExceptionally(
                                new EntryTooLargeException(entry, bytes, "raise the limits of the topic", null)));
                return later;
            }
            return bytes > LIMIT
                    ? CompletableFuture.failedFuture(new EntryTooLargeException(entry, bytes, "raise the limits", null))
                    : memory.append(entry);
        }

        @Override
        public List<SagaLogEntry> read(SagaId sagaId) {
            return memory.read(sagaId);
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
        public void replay(int partition, Consumer<SagaLogEntry> reader) {
            memory.replay(partition, reader);
        }

        @Override
        public Following follow(Consumer<SagaLogEntry> reader) {
            return memory.follow(reader);
        }

        @Override
        public Following tail(Predicate<SagaId> which, Consumer<SagaLogEntry> reader) {
            return memory.tail(which, reader);
        }

        @Override
        public void close() {
            memory.close();
        }
    }

    private final ManualTimers timers = new ManualTimers();
    private SagaRecovery recovery = saga -> {};
    private final SagaEngine engine = engine("this", saga -> recovery.resume(saga));
    private final SagaHost host = engine.host();
    private final OwnedPartitions owned = engine.partitions();
    private int position;

    private SagaEngine engine(String instance, SagaRecovery resumes) {
        return TestEngine.on(new LimitedLog(), timers)
                .instance(instance)
                .partitions(OwnedPartitions.Ends.UNTOLD)
                .recovery(sagas -> resumes)
                .build();
    }

    TooLargeTest() {
        owned.gained(0, 0, 0);
    }

    private List<SagaLogEntry> all() {
        List<SagaLogEntry> all = new ArrayList<>();
        memory.replay(0, all::add);
        return all;
    }

    private List<String> events() {
        return all().stream().map(entry -> entry.event().type()).toList();
    }

    private void readAll(OwnedPartitions reader) {
        for (; position < all().size(); position++) {
            reader.read(0, position, all().get(position));
        }
    }

    private LiveSaga start(String body) {
        LiveSaga saga = host.start(
                        ID, new SagaEvent.Start("order-saga", null, null, TextNode.valueOf(body), Map.of(), "orders"))
                .join();
        readAll(owned);
        return saga;
    }

    private CompletableFuture<Step> enlist(LiveSaga saga, Map<String, Object> options) {
        CompletableFuture<Step> enlisted = saga.enlist("PAY", "direct:refund", null, options);
        readAll(owned);
        return enlisted;
    }

    @Test
    void leavesAStepWhoseResultDoesNotFitToBeUndone() {
        LiveSaga saga = start("small");
        enlist(saga, Map.of()).join();

        assertThatThrownBy(() -> saga.append(new SagaEvent.Success(PAY, "Pay", TextNode.valueOf("x".repeat(LIMIT))))
                        .join())
                .hasCauseInstanceOf(EntryTooLargeException.class);

        assertThat(events()).containsExactly("START", "ENLIST", "STEP_UNKNOWN");
        assertThat(saga.state().step(PAY).orElseThrow().status()).isEqualTo(StepStatus.UNKNOWN);
        assertThat(saga.isGone()).isFalse();
    }

    @Test
    void leavesAStepWhoseMessageDoesNotFitAsEnded() {
        LiveSaga saga = start("small");
        enlist(saga, Map.of()).join();
        StepLeft large = new StepLeft(TextNode.valueOf("x".repeat(LIMIT)), Map.of(), null, List.of(), null, null);

        assertThatThrownBy(() -> saga.append(new SagaEvent.StepEnd(PAY, large)).join())
                .hasCauseInstanceOf(EntryTooLargeException.class);

        assertThat(events()).containsExactly("START", "ENLIST", "STEP_END");
        assertThat(saga.state().step(PAY).orElseThrow().left().unkept()).contains("larger than the log takes");
        assertThat(saga.isGone()).isFalse();
    }

    @Test
    void goesOnWhenAStepIsNotLetInForTheSizeOfItsOptions() {
        LiveSaga saga = start("small");

        assertThat(enlist(saga, Map.of("document", "x".repeat(LIMIT)))).isCompletedExceptionally();
        saga.append(new SagaEvent.Fail(null, "too large")).join();

        assertThat(events()).containsExactly("START", "FAIL");
        assertThat(all().get(1).sequence()).isEqualTo(1);
        assertThat(saga.isGone()).isFalse();
    }

    @Test
    void shortensReasonsOfAnyLength() {
        LiveSaga saga = start("small");

        saga.append(new SagaEvent.Fail(null, "y".repeat(3 * LIMIT))).join();
        host.refuse(ID, new SagaEvent.Request("1", "other", new SagaEvent.Close()), "z".repeat(3 * LIMIT));

        assertThat(events()).containsExactly("START", "FAIL", "REFUSE");
        assertThat(saga.state().reason()).endsWith("... (3145728 characters)").hasSizeLessThan(9000);
    }

    @Test
    void writesALateReplyWithACommandOfAnyLength() {
        LiveSaga saga = start("small");
        enlist(saga, Map.of()).join();

        host.deliver(new SagaReply(ID, PAY, "c".repeat(LIMIT), SagaReply.Status.SUCCESS, null, null, null, null));

        assertThat(events()).containsExactly("START", "ENLIST", "LATE_REPLY");
        assertThat(saga.isGone()).isFalse();
    }

    private LiveSaga largeSaga() {
        LiveSaga saga = start("x".repeat(600_000));
        enlist(saga, Map.of()).join();
        saga.append(new SagaEvent.Success(PAY, "Pay", TextNode.valueOf("\"\u00e9".repeat(200_000))))
                .join();
        readAll(owned);
        return saga;
    }

    @Test
    void carriesALargeStateForwardInParts() {
        LiveSaga saga = largeSaga();
        assertThat(owned.position(0)).hasValue(0);

        owned.carryForward(Instant.MAX);
        readAll(owned);

        assertThat(saga.isGone()).isFalse();
        assertThat(events().subList(3, events().size())).hasSizeGreaterThan(10).containsOnly("SNAPSHOT_PART");
        assertThat(owned.position(0)).hasValue(3);
        int written = all().size();
        owned.carryForward(Instant.EPOCH);
        assertThat(all()).hasSize(written);
    }

    @Test
    void goesOnInAnInstanceThatBeginsAtTheParts() {
        LiveSaga saga = largeSaga();
        owned.carryForward(Instant.MAX);
        readAll(owned);

        SagaEngine successor = engine("second", taken -> {});
        SagaHost second = successor.host();
        OwnedPartitions next = successor.partitions();
        next.gained(0, 3, all().size());
        for (int offset = 3; offset < position; offset++) {
            next.read(0, offset, codec.decode(codec.encode(all().get(offset))));
        }
        readAll(next);

        LiveSaga taken = second.live(ID).orElseThrow();
        assertThat(taken.state().start()).isEqualTo(saga.state().start());
        assertThat(taken.state().step(PAY).orElseThrow().results())
                .isEqualTo(saga.state().step(PAY).orElseThrow().results());
        assertThat(taken.state().epoch()).isEqualTo(1);
        assertThat(next.position(0)).hasValue(3);
    }

    @Test
    void beginsAtNoPartsThatAreNotComplete() {
        largeSaga();
        owned.carryForward(Instant.MAX);
        List<SagaLogEntry> all = all();
        SagaLogEntry takenOver = new SagaLogEntry(ID, 5, 1, Instant.EPOCH, new SagaEvent.Resume("other"));

        SagaState cut = SagaState.replay(ID, all.subList(3, all.size() - 1));
        List<SagaLogEntry> interrupted = new ArrayList<>(all.subList(3, all.size()));
        interrupted.add(2, takenOver);
        List<SagaLogEntry> twice = new ArrayList<>(all.subList(3, all.size()));
        twice.add(2, twice.get(1));
        twice.add(3, new SagaLogEntry(ID, 9, 0, Instant.EPOCH, new SagaEvent.Resume("late")));

        assertThat(cut.status()).isEqualTo(SagaStatus.INITIAL);
        assertThat(SagaState.replay(ID, interrupted).status()).isEqualTo(SagaStatus.INITIAL);
        assertThat(SagaState.replay(ID, twice).status()).isEqualTo(SagaStatus.EXECUTING);
        assertThat(SagaState.replay(ID, all).status()).isEqualTo(SagaStatus.EXECUTING);
    }

    @Test
    void letsAPersonDecideOnASagaThatComesNoFurther() {
        LiveSaga first = start("small");
        recovery = saga -> saga.append(new SagaEvent.Limit(Instant.EPOCH));
        refusedLater.add("LIMIT");
        host.letGo(first, new IllegalStateException("by this test"));

        for (int i = 0; i < 40; i++) {
            owned.adopt();
            readAll(owned);
            timers.advance(java.time.Duration.ofSeconds(1));
        }

        assertThat(events()).filteredOn("RESUME"::equals).hasSize(8);
        assertThat(owned.stuck()).isEqualTo(1);
        assertThat(owned.isStuck(ID)).isTrue();

        refusedLater.clear();
        engine.operator().cancel(ID, "ann", "it hangs").join();
        readAll(owned);

        assertThat(owned.stuck()).isZero();
        assertThat(host.live(ID)).isPresent();
        assertThat(events()).filteredOn("RESUME"::equals).hasSize(9);
    }
}
