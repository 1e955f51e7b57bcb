/** The words: what a saga, a step and their states are called. Pure: knows no Camel, no Kafka, no Spring. */
@NullMarked
package dev.caravan.saga;

import org.jspecify.annotations.NullMarked;
