package dev.caravan.saga.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.state.Begin;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.test.ManualTimers;
import dev.caravan.saga.test.TestEngine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** Sagas that are due, of which one may begin at a time, whatever becomes of it. */
class DueStartsTest {

    private final InMemorySagaLog log = new InMemorySagaLog();
    private final ManualTimers timers = new ManualTimers();
    private final OnePlace place = new OnePlace();
    private final List<SagaId> begun = new ArrayList<>();
    private BiFunction<SagaId, SagaEvent.Start, CompletableFuture<SagaEvent.Start>> coordinator =
            (id, start) -> CompletableFuture.completedFuture(start);
    private final SagaHost host = TestEngine.on(log, timers)
            .intake(place)
            .recovery(made -> new SagaRecovery() {
                @Override
                public void resume(LiveSaga saga) {}

                @Override
                public CompletableFuture<SagaEvent.Start> opened(SagaId id, SagaEvent.Start start) {
                    return coordinator.apply(id, start);
                }

                @Override
                public void begun(LiveSaga saga) {
                    begun.add(saga.id());
                }
            })
            .build()
            .host();

    /** Of whoever has left it, it is known whether their saga was done. */
    private static final class OnePlace implements Intake {

        private final List<Boolean> left = new ArrayList<>();
        private boolean taken;

        @Override
        public Optional<Place> take() {
            if (taken) {
                return Optional.empty();
            }
            taken = true;
            return Optional.of(done -> {
                taken = false;
                left.add(done);
            });
        }
    }

    /** It is due at once, as one that was kept while its coordinator was away. */
    private LiveSaga due(String id) {
        SagaEvent.Start start = new SagaEvent.Start("order-saga", null, null, null, Map.of(), "orders");
        LiveSaga saga = host.start(
                        new SagaId(id), Begin.later(start, timers.clock().instant()))
                .join();
        host.scheduled().watch(saga);
        return saga;
    }

    private static void complete(LiveSaga saga) {
        saga.append(new SagaEvent.Close()).join();
        saga.append(new SagaEvent.Complete()).join();
    }

    @Test
    void leavesItsPlaceWhenTheSagaHasEnded() {
        LiveSaga first = due("first");
        LiveSaga second = due("second");
        assertThat(begun).containsExactly(first.id());

        complete(first);

        assertThat(begun).containsExactly(first.id(), second.id());
        assertThat(place.left).containsExactly(true);
        complete(second);
        assertThat(place.taken).isFalse();
    }

    @Test
    void leavesItsPlaceWhileTheCoordinatorRefuses() {
        coordinator = (id, start) -> CompletableFuture.failedFuture(new IllegalStateException("away"));
        LiveSaga saga = due("refused");

        assertThat(place.taken).isFalse();
        assertThat(place.left).containsExactly(false);
        coordinator = (id, start) -> CompletableFuture.completedFuture(start);
        timers.advance(Duration.ofSeconds(1));
        assertThat(begun).containsExactly(saga.id());
        assertThat(place.taken).isTrue();
    }

    /** As a program error does that nobody has foreseen. */
    @Test
    void leavesItsPlaceAndTriesAgainWhenAskingTheCoordinatorThrows() {
        coordinator = (id, start) -> {
            throw new IllegalStateException("no address");
        };
        LiveSaga saga = due("thrown");

        assertThat(place.taken).isFalse();
        assertThat(place.left).containsExactly(false);
        coordinator = (id, start) -> CompletableFuture.completedFuture(start);
        timers.advance(Duration.ofSeconds(1));
        assertThat(begun).containsExactly(saga.id());
    }

    @Test
    void leavesThePlaceOfABeginThatThrowsAndGoesOnWithTheNext() {
        place.taken = true;
        List<LiveSaga> sagas = List.of(due("one"), due("two"));
        List<SagaId> tried = new ArrayList<>();
        DueStarts starts = new DueStarts(host, place, next -> {
            tried.add(next.saga().id());
            throw new IllegalStateException("no memory");
        });
        starts.add(new DueStarts.Due(sagas.get(0), 1));
        place.taken = false;

        starts.add(new DueStarts.Due(sagas.get(1), 1));

        assertThat(tried).containsExactly(sagas.get(0).id(), sagas.get(1).id());
        assertThat(place.left).containsExactly(false, false);
        assertThat(place.taken).isFalse();
    }

    /** It has not ended as one that was taken in: that it is over says nothing of how fast they are done. */
    @Test
    void leavesItsPlaceWhenTheSagaWasCancelledBeforeItBegan() {
        CompletableFuture<SagaEvent.Start> answer = new CompletableFuture<>();
        coordinator = (id, start) -> answer;
        LiveSaga saga = due("cancelled");
        assertThat(place.taken).isTrue();
        saga.append(new SagaEvent.Fail(null, "by mistake")).join();

        answer.complete(saga.state().started());

        assertThat(begun).isEmpty();
        assertThat(saga.state().status()).isEqualTo(SagaStatus.COMPENSATING);
        assertThat(place.taken).isFalse();
        assertThat(place.left).containsExactly(false);
    }

    @Test
    void leavesItsPlaceWhenTheSagaGoesOnElsewhere() {
        due("moved");
        assertThat(place.taken).isTrue();

        host.takeover().releaseAll(id -> true);

        assertThat(place.taken).isFalse();
        assertThat(place.left).containsExactly(false);
    }
}
