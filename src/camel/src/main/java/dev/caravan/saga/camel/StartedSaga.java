package dev.caravan.saga.camel;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.state.SagaState;
import java.util.concurrent.CompletableFuture;

/**
 * A saga that was asked for.
 *
 * @param accepted completes when START is durable: from then on the saga will end; fails if it was not started
 * @param ended completes when the saga is COMPLETED, COMPENSATED or FAILED; fails if it was not started
 */
public record StartedSaga(CompletableFuture<SagaId> accepted, CompletableFuture<SagaState> ended) {}
