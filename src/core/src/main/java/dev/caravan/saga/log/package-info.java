/**
 * What has happened: a {@link dev.caravan.saga.log.SagaEvent} goes in, durably and in order, and comes out again by
 * replay. {@link dev.caravan.saga.log.SagaLog} is the port; the truth about every saga is behind it. Pure.
 */
package dev.caravan.saga.log;
