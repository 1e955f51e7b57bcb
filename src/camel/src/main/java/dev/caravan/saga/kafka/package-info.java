/**
 * Kafka, as all parts share it: one producer for the process, consumers that run in a thread of their own, topics that
 * exist before they are used, and the saga log on the topic {@code saga-logs} (key = saga id, value = an entry as JSON).
 * Takes its settings from the Camel component {@code kafka}.
 */
@NullMarked
package dev.caravan.saga.kafka;

import org.jspecify.annotations.NullMarked;
