package dev.caravan.saga.camel;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.engine.Begun;
import dev.caravan.saga.engine.Intake;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.state.SagaState;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * A saga that was asked for.
 *
 * @param accepted completes when START is durable: from then on the saga will end; fails if it was not started. Of starts
 *     with one key it is the same saga
 * @param ended completes when the saga is COMPLETED, COMPENSATED or FAILED; fails if it was not started
 * @param before completes as {@code accepted}, with the status of the saga when it was asked for again; empty: this start
 *     has begun it
 */
public record StartedSaga(
        CompletableFuture<SagaId> accepted,
        CompletableFuture<SagaState> ended,
        CompletableFuture<Optional<SagaStatus>> before) {

    /** What is told to who asked. */
    record Acceptance(Begun saga, Supplier<CompletableFuture<SagaState>> ended) {

        /** One that begins later takes no place among those that were taken in now: it takes one when it begins. */
        void leave(Intake.Place place) {
            if (saga.toRun().filter(live -> live.state().isScheduled()).isPresent()) {
                place.leave(false);
            }
        }

        static Acceptance of(LiveSaga saga) {
            return new Acceptance(new Begun(saga.id(), saga, null), saga::ended);
        }
    }

    static StartedSaga of(CompletableFuture<Acceptance> accepted, CompletableFuture<SagaState> ended) {
        return new StartedSaga(
                accepted.thenApply(known -> known.saga().saga()),
                ended,
                accepted.thenApply(known -> Optional.ofNullable(known.saga().before())));
    }
}
