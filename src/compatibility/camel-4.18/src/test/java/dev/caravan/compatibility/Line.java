package dev.caravan.compatibility;

/** What is where on this line. */
final class Line {

    /** Caravan's part of the actuator's health. */
    static final String HEALTH = "/components/caravan/components/host";

    private Line() {}
}
