package dev.caravan.compatibility;

import java.util.Set;

/** What is where on this line. */
final class Line {

    /** Caravan's part of the actuator's health. */
    static final String HEALTH = "/components/camelHealth/details/caravan";

    /** The auto-configurations that do nothing here, because what they do is refused. */
    static final Set<String> REFUSED = Set.of("dev.caravan.saga.spring.StrictJsonAutoConfiguration");

    private Line() {}
}
