/** Caravan without Spring: a Camel context goes in, sagas and participants on Kafka come out. */
@NullMarked
package dev.caravan.saga.main;

import org.jspecify.annotations.NullMarked;
