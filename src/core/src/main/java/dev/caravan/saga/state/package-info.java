/**
 * What may happen next: a status and an event come in, a status goes out. {@link dev.caravan.saga.state.SagaState}
 * folds the log of one saga into what is known of it. Pure.
 */
package dev.caravan.saga.state;
