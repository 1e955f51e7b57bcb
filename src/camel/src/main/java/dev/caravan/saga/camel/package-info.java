/**
 * Camel's side: the Saga EIP of a route comes in, events, commands and callbacks go out.
 * {@link dev.caravan.saga.camel.SagaCommandComponent} is the component {@code saga-command},
 * {@link dev.caravan.saga.camel.StepCallbacks} runs the compensation and completion endpoints of steps,
 * {@link dev.caravan.saga.camel.SagaStarter} starts a saga from Java.
 */
@NullMarked
package dev.caravan.saga.camel;

import org.jspecify.annotations.NullMarked;
