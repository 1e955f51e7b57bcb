package dev.caravan.saga.camel;

import org.apache.camel.CamelContext;

/** What is said of a context's routes when all have started, before the first saga: they run, but not as well as they could. */
public final class StartWarnings {

    private StartWarnings() {}

    public static void write(CamelContext context) {
        UnnamedRoutes.warn(context);
        OutsideOfSteps.warn(context);
        LateKeys.warn(context);
        Resequencers.warn(context);
    }
}
