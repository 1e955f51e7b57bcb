package dev.caravan.coordinator;

import java.util.Map;

/** What a coordinator has to do, for those who watch it. */
interface OpenLras {

    boolean isRunning();

    /** Whether it can write down what it does now. Blocks, but not for long. */
    default boolean canWrite() {
        return isRunning();
    }

    /** How many LRAs are in which status; the finished ones are forgotten. */
    Map<String, Long> countByStatus();

    /** How many LRAs failed, and wait for a person to remove them. */
    long countFailed();
}
