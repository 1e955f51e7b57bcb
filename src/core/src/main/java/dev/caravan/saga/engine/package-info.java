/**
 * The sagas that this instance runs: events go in and are appended to the saga log before anybody is told, replies come
 * in and meet who waits for them. {@link dev.caravan.saga.engine.SagaHost} holds them,
 * {@link dev.caravan.saga.engine.LiveSaga} is one of them. What is in memory here is an optimisation; the log is the truth.
 */
@NullMarked
package dev.caravan.saga.engine;

import org.jspecify.annotations.NullMarked;
