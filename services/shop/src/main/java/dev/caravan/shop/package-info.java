/** Everything in one process: embedded Kafka, embedded LRA coordinator, the four services and the orchestrator. */
package dev.caravan.shop;
