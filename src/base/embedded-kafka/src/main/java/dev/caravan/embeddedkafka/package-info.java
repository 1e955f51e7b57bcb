/**
 * A Kafka broker inside this JVM, durable on disk: a directory and a port come in, bootstrap servers go out. For
 * laptops, tests and single-process deployments; a cluster has brokers of its own.
 */
package dev.caravan.embeddedkafka;
