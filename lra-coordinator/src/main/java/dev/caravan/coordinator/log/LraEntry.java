package dev.caravan.coordinator.log;

/**
 * One entry of the log.
 *
 * @param lra the {@code uid} of the LRA
 * @param at when it was written, by the writer's clock, in ms of the epoch
 */
public record LraEntry(String lra, long at, LraEvent event) {}
