/**
 * A participant's side: a command comes in once or many times, early or late; its effect happens once, and the reply
 * that goes out is always the same.
 */
package dev.caravan.saga.participant;
