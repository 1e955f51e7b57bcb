package dev.caravan.compatibility;

import java.util.Set;

/** What is where on this line. */
final class Line {

    /** Caravan's part of the actuator's health. */
    static final String HEALTH = "/components/caravan/components/host";

    /** The auto-configurations that do nothing here, because what they do is refused. */
    static final Set<String> REFUSED = Set.of();

    private Line() {}
}
