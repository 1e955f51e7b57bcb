/** Seeing sagas: entries of the saga log come in, what people and programs ask of them goes out. */
package dev.caravan.saga.monitoring;
