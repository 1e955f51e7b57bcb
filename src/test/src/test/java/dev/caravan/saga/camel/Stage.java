package dev.caravan.saga.camel;

import dev.caravan.saga.camel.Effects.What;
import dev.caravan.saga.test.World;
import org.apache.camel.ProducerTemplate;

/** Where the routes of a composition run, and what took effect there. */
interface Stage {

    World world();

    Effects effects();

    ProducerTemplate template();

    /** A process of it has died. */
    default boolean hasDied() {
        return false;
    }

    /**
     * For which taking of a step it is compensated or completed; {@code null}: for none that was done.
     *
     * @param option what the callback was told
     */
    String refOfEnding(int step, What what, String option);
}
