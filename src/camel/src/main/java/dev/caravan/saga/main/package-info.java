/** Caravan without Spring: a Camel context goes in, sagas and participants on Kafka come out. */
package dev.caravan.saga.main;
