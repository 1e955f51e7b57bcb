package dev.caravan.saga.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.test.ManualTimers;
import dev.caravan.saga.test.TestEngine;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How often a saga is taken over that is let go each time, and when it waits for a person instead. */
class OrphansTest {

    private static final SagaId ID = new SagaId("order-1");
    private static final int MOST = 8;

    private final InMemorySagaLog log = new InMemorySagaLog();
    private final SagaEngine engine = TestEngine.on(log, new ManualTimers())
            .partitions(OwnedPartitions.Ends.UNTOLD)
            .recovery(sagas -> saga -> {})
            .build();
    private final SagaHost host = engine.host();
    private final OwnedPartitions owned = engine.partitions();
    private int position;

    @BeforeEach
    void starts() {
        owned.gained(0, 0, 0);
        host.start(ID, new SagaEvent.Start("order-saga", null, null, null, Map.of(), "orders"));
        readAll();
    }

    private List<SagaLogEntry> all() {
        List<SagaLogEntry> all = new ArrayList<>();
        log.replay(0, all::add);
        return all;
    }

    private void readAll() {
        for (; position < all().size(); position++) {
            owned.read(0, position, all().get(position));
        }
    }

    private LiveSaga saga() {
        return host.live(ID).orElseThrow();
    }

    private long takeovers() {
        return all().stream()
                .filter(entry -> entry.event() instanceof SagaEvent.Resume)
                .count();
    }

    /** Each time, it is let go; those who look for sagas that nobody runs find it at the second look. */
    private void isLetGo(int times) {
        for (int time = 0; time < times; time++) {
            host.live(ID).ifPresent(saga -> host.letGo(saga, new IllegalStateException("by this test")));
            owned.adopt();
            owned.adopt();
            readAll();
        }
    }

    @Test
    void waitsForAPersonWhenItComesNoFurther() {
        isLetGo(2 * MOST);

        assertThat(takeovers()).isEqualTo(MOST);
        assertThat(owned.isStuck(ID)).isTrue();
    }

    @Test
    void isCountedAnewOnceItHasComeFurther() {
        isLetGo(MOST - 1);
        saga().append(new SagaEvent.Limit(Instant.parse("2030-01-01T00:00:00Z")));
        readAll();

        isLetGo(MOST);
        assertThat(owned.isStuck(ID)).isFalse();
        isLetGo(1);

        assertThat(owned.isStuck(ID)).isTrue();
    }

    @Test
    void hasComeNoFurtherWhereItWasOnlyCarriedForward() {
        isLetGo(MOST - 1);
        owned.carryForward(Instant.MAX);
        readAll();
        assertThat(all()).extracting(SagaLogEntry::event).hasAtLeastOneElementOfType(SagaEvent.Snapshot.class);

        isLetGo(2);

        assertThat(takeovers()).isEqualTo(MOST);
        assertThat(owned.isStuck(ID)).isTrue();
    }

    @Test
    void isTakenOverAsOftenAgainWhenAPersonWantsIt() {
        isLetGo(MOST + 1);
        assertThat(owned.isStuck(ID)).isTrue();

        engine.operator().retry(ID, "ann", "the disk is there again").join();
        readAll();
        isLetGo(MOST);

        assertThat(owned.isStuck(ID)).isFalse();
        assertThat(takeovers()).isEqualTo(MOST + 1 + MOST);
    }

    @Test
    void isNotStuckWhereItMovesBetweenInstances() {
        for (int time = 0; time < MOST; time++) {
            SagaState known = SagaState.replay(ID, log.read(ID));
            log.append(new SagaLogEntry(
                    ID, known.nextSequence(), known.epoch() + 1, host.now(), new SagaEvent.Resume("another")));
        }
        readAll();

        isLetGo(1);

        assertThat(owned.isStuck(ID)).isFalse();
        assertThat(takeovers()).isEqualTo(MOST + 1);
    }
}
