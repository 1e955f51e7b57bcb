/** Measures sagas: rows and loads go in, figures that were checked for lost and doubled effects come out. */
package dev.caravan.benchmark;
