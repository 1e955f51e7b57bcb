/**
 * LRAs as entries of a Kafka topic: {@link dev.caravan.coordinator.log.Family} is the fold of what was written about an LRA
 * and those nested in it, {@link dev.caravan.coordinator.log.Call} what is to be done next about its participants, and
 * {@link dev.caravan.coordinator.log.LoggedLras} the coordinator that writes, reads back and calls.
 *
 * <p>What an entry means depends on the entries before it and on nothing else. So every instance comes to the same, a
 * decision is made where its entry stands in the log, and any instance may write one.
 */
package dev.caravan.coordinator.log;
