/**
 * What has happened and what may happen next. A {@link dev.caravan.saga.state.SagaEvent} goes in, durably and in order,
 * and comes out again by replay; {@link dev.caravan.saga.state.SagaState} folds the log of one saga into what is known
 * of it, and {@link dev.caravan.saga.state.SagaStateMachine} says what may come. {@link dev.caravan.saga.state.SagaLog}
 * is the port; the truth about every saga is behind it. Pure.
 */
@NullMarked
package dev.caravan.saga.state;

import org.jspecify.annotations.NullMarked;
