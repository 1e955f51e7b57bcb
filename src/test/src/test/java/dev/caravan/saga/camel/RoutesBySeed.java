package dev.caravan.saga.camel;

import dev.caravan.saga.routes.Composition;
import dev.caravan.saga.routes.Compositions;
import java.io.Closeable;
import java.util.function.LongFunction;

/** Tries the composition that a seed makes as {@link RandomRoutesTest} does; answers what went wrong, or {@code null}. */
public final class RoutesBySeed implements LongFunction<String>, Closeable {

    private final RoutesTrial trial = new RoutesTrial(RandomRoutesTest.DEATHS);

    public RoutesBySeed() throws Exception {}

    @Override
    public String apply(long seed) {
        Composition composition = Compositions.of(seed);
        try {
            return trial.tryOut(composition).map(RoutesTrial.Fault::toString).orElse(null);
        } catch (Exception e) {
            return composition + ": " + e;
        }
    }

    @Override
    public void close() {
        trial.close();
    }
}
