package dev.caravan.saga.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.log.InMemorySagaLog;
import dev.caravan.saga.log.SagaEvent;
import dev.caravan.saga.log.SagaLogEntry;
import dev.caravan.saga.machine.SagaState;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SagaViewTest {

    private static final Instant AT = Instant.parse("2026-01-31T09:30:00Z");
    private static final SagaId TRIP = new SagaId("trip-1");

    private final InMemorySagaLog log = new InMemorySagaLog();
    private final SagaView view = new SagaView(log, 2);

    @Test
    void showsASagaOnceThoughItHearsOfItTwice() {
        view.accept(start(TRIP));
        view.onEntry(start(TRIP), null);

        assertThat(view.list(null, null, 10)).extracting(SagaState::sagaId).containsExactly(TRIP);
        assertThat(view.find(TRIP).orElseThrow().entries()).hasSize(1);
    }

    @Test
    void waitsForTheLogToFillAGap() {
        view.accept(start(TRIP));
        view.accept(entry(TRIP, 2, new SagaEvent.CompensateComplete()));
        view.accept(entry(TRIP, 1, new SagaEvent.Fail(null, "full")));
        view.accept(entry(TRIP, 2, new SagaEvent.CompensateComplete()));

        assertThat(view.list(SagaStatus.COMPENSATED, null, 10)).hasSize(1);
    }

    @Test
    void beginsWithASagaThatWasCarriedForward() {
        SagaState state = SagaState.initial(TRIP).apply(start(TRIP));
        view.accept(entry(TRIP, 7, new SagaEvent.Snapshot(state)));
        view.accept(entry(TRIP, 8, new SagaEvent.Complete()));

        assertThat(view.list(SagaStatus.COMPLETED, "trip", 10)).hasSize(1);
    }

    @Test
    void followsASagaThatWasTakenOverWhileItsFormerInstanceStillWrote() {
        SagaLogEntry resume = new SagaLogEntry(TRIP, 1, 1, AT, new SagaEvent.Resume("second"));
        SagaLogEntry end = new SagaLogEntry(TRIP, 2, 1, AT, new SagaEvent.CompensateComplete());
        view.onEntry(resume, null);
        view.onEntry(end, null);

        view.accept(start(TRIP));
        view.accept(entry(TRIP, 1, new SagaEvent.Fail(null, "full")));
        view.onEntry(end, null);
        view.accept(resume);
        view.accept(end);

        assertThat(view.list(SagaStatus.COMPENSATED, null, 10)).hasSize(1);
        assertThat(view.find(TRIP).orElseThrow().entries())
                .extracting(entry -> entry.event().type())
                .containsExactly("START", "FAIL", "RESUME", "COMPENSATE_COMPLETE");
    }

    @Test
    void findsTheLatestSagaOfAKey() {
        view.accept(start(TRIP));
        view.accept(start(new SagaId("trip-2")));

        assertThat(view.findByKey("order-1").orElseThrow().sagaId()).isEqualTo(new SagaId("trip-2"));
    }

    @Test
    void forgetsTheOldestThatHasEndedAndReadsItFromTheLog() {
        log.append(start(TRIP));
        log.append(entry(TRIP, 1, new SagaEvent.Complete()));
        log.follow(view::accept);
        view.accept(start(new SagaId("trip-2")));
        view.accept(start(new SagaId("trip-3")));

        assertThat(view.list(null, null, 10))
                .extracting(state -> state.sagaId().value())
                .containsExactly("trip-3", "trip-2");
        assertThat(view.find(TRIP).orElseThrow().state().status()).isEqualTo(SagaStatus.COMPLETED);
    }

    private static SagaLogEntry start(SagaId sagaId) {
        return entry(sagaId, 0, new SagaEvent.Start("trip", null, "order-1", null, Map.of()));
    }

    private static SagaLogEntry entry(SagaId sagaId, long sequence, SagaEvent event) {
        return new SagaLogEntry(sagaId, sequence, AT, event);
    }
}
