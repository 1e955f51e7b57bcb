/** The saga log on the Kafka topic {@code saga-logs}: key = saga id, value = an entry as JSON. */
package dev.caravan.saga.log.kafka;
