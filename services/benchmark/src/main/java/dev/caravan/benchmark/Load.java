package dev.caravan.benchmark;

/**
 * What a row is asked to carry.
 *
 * @param inFlight sagas at the same time
 * @param rejectedPercent how many of 100 sagas are rejected at the last step
 */
record Load(int inFlight, int rejectedPercent) {}
