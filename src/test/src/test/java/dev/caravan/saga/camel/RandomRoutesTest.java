package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.routes.Composition;
import dev.caravan.saga.routes.Compositions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Routes made at random of Camel's EIPs, with steps that go wrong in all ways, whose process dies at its acts: the
 * invariants of the design hold. One that does not die does what it does by Camel's own service. {@code -Droutes.compositions} makes more, {@code -Droutes.seed} begins elsewhere, {@code
 * -Droutes.deaths} has more processes die of each; the profile {@code routes} has 100,000 that die everywhere. A composition
 * that fails is made smaller until nothing can be left out.
 */
@ExtendWith(WithoutLogs.class)
class RandomRoutesTest {

    private static final int COMPOSITIONS = Integer.getInteger("routes.compositions", 2000);
    private static final long FIRST_SEED = Long.getLong("routes.seed", 1);
    static final int DEATHS = Integer.getInteger("routes.deaths", 4);
    private static final int MOST_FAULTS = Integer.getInteger("routes.faults", 1);

    private final AtomicLong next = new AtomicLong(FIRST_SEED);
    private final List<String> faults = new ArrayList<>();
    private final Set<SagaStatus> ends = ConcurrentHashMap.newKeySet();

    @Test
    @Timeout(value = 12, unit = TimeUnit.HOURS)
    void keepTheInvariantsWhereverTheirProcessDies() throws Exception {
        int threads = Runtime.getRuntime().availableProcessors();
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> done = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                done.add(executor.submit(this::tryOut));
            }
            for (Future<?> one : done) {
                one.get();
            }
        } finally {
            executor.shutdown();
        }
        assertThat(faults).as("faults").isEmpty();
        if (COMPOSITIONS >= 100) {
            assertThat(ends).contains(SagaStatus.COMPLETED, SagaStatus.COMPENSATED, SagaStatus.FAILED);
        }
    }

    private Void tryOut() throws Exception {
        try (RoutesTrial trial = new RoutesTrial(DEATHS)) {
            for (long seed = next.getAndIncrement(); seed < FIRST_SEED + COMPOSITIONS; seed = next.getAndIncrement()) {
                Composition composition = Compositions.of(seed);
                Optional<RoutesTrial.Fault> fault = trial.tryOut(composition);
                if (fault.isPresent()) {
                    found(composition, trial.shrink(fault.get()));
                }
            }
            ends.addAll(trial.ends().keySet());
        }
        return null;
    }

    private synchronized void found(Composition composition, RoutesTrial.Fault fault) {
        faults.add("Run again with -Droutes.compositions=1 -Droutes.seed=%d: %s%nshrunk: %s"
                .formatted(composition.seed(), composition, fault));
        if (faults.size() >= MOST_FAULTS) {
            next.set(FIRST_SEED + COMPOSITIONS);
        }
    }
}
