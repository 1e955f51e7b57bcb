package dev.caravan.saga.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.engine.OwnedPartitions;
import dev.caravan.saga.engine.SagaEngine;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.message.MalformedMessageException;
import dev.caravan.saga.message.MessageCodec;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.monitoring.SagaQuery;
import dev.caravan.saga.monitoring.SagaView;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogCodec;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.test.ManualTimers;
import dev.caravan.saga.test.TestEngine;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Any record in the saga log: it is read or refused, everything that is read folds, whatever folds can be carried forward
 * and shown, and a saga beside it goes on. {@code -Dfuzz.rounds} makes more, {@code -Dfuzz.seed} begins elsewhere; the
 * profile {@code fuzz} has an hour's worth.
 */
class LogFuzzTest {

    private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 1500);
    private static final long FIRST_SEED = Long.getLong("fuzz.seed", 1);
    private static final int RECORDS = 120;
    private static final SagaId GOOD = new SagaId("good");

    private final SagaLogCodec codec = new SagaLogCodec();
    private final MessageCodec messages = new MessageCodec();

    @Test
    void aSagaGoesOnBesideAnyRecords() {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + ROUNDS; seed++) {
            try {
                round(seed);
            } catch (RuntimeException | AssertionError | StackOverflowError e) {
                fail("Run this again with -Dfuzz.rounds=1 -Dfuzz.seed=" + seed, e);
            }
        }
    }

    private void round(long seed) {
        FuzzedEntries records = new FuzzedEntries(seed);
        InMemorySagaLog appended = new InMemorySagaLog();
        InMemorySagaLog shown = new InMemorySagaLog();
        ManualTimers timers = new ManualTimers();
        SagaView view = new SagaView(shown, timers.clock(), 100, Duration.ofMinutes(5));
        view.follow();
        SagaEngine engine = TestEngine.on(appended, timers)
                .partitions(OwnedPartitions.Ends.UNTOLD)
                .build();
        SagaHost host = engine.host();
        OwnedPartitions owned = engine.partitions();
        owned.gained(0, 0, RECORDS / 2);
        List<SagaLogEntry> entries = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            byte[] record = i == RECORDS / 4 ? start() : records.next();
            messagesAreReadOrRefused(record);
            try {
                SagaLogEntry entry = codec.decode(record);
                entries.add(entry);
                shown.append(entry);
                owned.read(0, i, entry);
            } catch (MalformedMessageException e) {
                owned.skipped(0, i);
            } catch (RuntimeException e) {
                throw new AssertionError(new String(record, UTF_8), e);
            }
        }

        assertThat(owned.ready()).isCompleted();
        assertThat(host.live(GOOD)).isPresent();
        assertThat(view.find(GOOD).orElseThrow().state().status()).isEqualTo(SagaStatus.EXECUTING);
        assertThat(view.overview().total()).isPositive();
        assertThat(view.list(SagaQuery.latest(10)).sagas()).isNotEmpty();
        owned.carryForward(Instant.MAX);
        owned.adopt();
        List<SagaLogEntry> own = new ArrayList<>();
        appended.replay(0, own::add);
        for (int i = 0; i < own.size(); i++) {
            owned.read(0, RECORDS + i, own.get(i));
        }
        assertThat(host.live(GOOD)).isPresent();
        entries.stream().map(SagaLogEntry::sagaId).distinct().forEach(id -> foldsAndIsCarriedForward(id, entries));
    }

    private void foldsAndIsCarriedForward(SagaId id, List<SagaLogEntry> entries) {
        SagaState state = SagaState.replay(
                id, entries.stream().filter(entry -> entry.sagaId().equals(id)).toList());
        if (state.status() != SagaStatus.INITIAL) {
            SagaLogEntry carried = new SagaLogEntry(
                    id, state.nextSequence(), state.epoch(), Instant.EPOCH, new SagaEvent.Snapshot(state));
            SagaState read = SagaState.initial(id).apply(codec.decode(codec.encode(carried)));
            assertThat(read.status()).isEqualTo(state.status());
            assertThat(codec.encode(new SagaEvent.Snapshot(read)).toString())
                    .isEqualTo(codec.encode(new SagaEvent.Snapshot(carriedOn(state)))
                            .toString());
        }
    }

    private static SagaState carriedOn(SagaState state) {
        return SagaState.initial(state.sagaId())
                .apply(new SagaLogEntry(
                        state.sagaId(),
                        state.nextSequence(),
                        state.epoch(),
                        Instant.EPOCH,
                        new SagaEvent.Snapshot(state)));
    }

    private void messagesAreReadOrRefused(byte[] record) {
        try {
            messages.decodeCommand(record, Phase.ACTION);
            messages.decodeReply(record);
        } catch (MalformedMessageException e) {
            assertThat(e.getMessage()).hasSizeLessThan(600);
        }
    }

    private byte[] start() {
        return codec.encode(new SagaLogEntry(
                GOOD,
                0,
                Instant.parse("2026-01-31T09:30:00Z"),
                new SagaEvent.Start("order-saga", null, null, null, Map.of(), "orders")));
    }
}
