package dev.caravan.order;

import java.util.concurrent.CompletionStage;

/**
 * The two moments of a saga that someone may wait for.
 *
 * @param sagaId completes with the saga's id when the saga will outlive a crash; fails if nothing was started
 * @param ended completes with the saga's final status: COMPLETED, COMPENSATED or FAILED
 */
public record StartedOrderSaga(CompletionStage<String> sagaId, CompletionStage<String> ended) {}
