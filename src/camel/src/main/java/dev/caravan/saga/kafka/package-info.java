/**
 * Kafka, as all parts share it: one producer for the process, consumers that run in a thread of their own, topics that
 * exist before they are used. Takes its settings from the Camel component {@code kafka}.
 */
package dev.caravan.saga.kafka;
