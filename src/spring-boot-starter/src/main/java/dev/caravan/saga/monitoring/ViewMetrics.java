package dev.caravan.saga.monitoring;

import dev.caravan.saga.metrics.MessageMetrics;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the list of sagas shows, in numbers. Each instance has all sagas of the log in its list: take the maximum over
 * instances, not the sum.
 */
public final class ViewMetrics {

    /** Several gauges are read at once; the sagas are counted once for them. */
    private static final Duration FRESH = Duration.ofSeconds(1);

    private final SagaView view;
    private final Clock clock;
    private @Nullable SagaOverview overview;
    private Instant countedAt = Instant.EPOCH;

    public ViewMetrics(SagaView view, Clock clock, MeterRegistry meters) {
        this.view = view;
        this.clock = clock;
        for (Attention attention : Attention.values()) {
            if (attention != Attention.NONE) {
                Gauge.builder(MessageMetrics.PREFIX + "sagas.attention", this, metrics -> metrics.needing(attention))
                        .description("Sagas that a person should look at")
                        .tag("kind", attention.name())
                        .strongReference(true)
                        .register(meters);
            }
        }
        Gauge.builder(MessageMetrics.PREFIX + "view.sagas", this, metrics -> metrics.overview()
                        .total())
                .description("Sagas in the list")
                .strongReference(true)
                .register(meters);
        Gauge.builder(MessageMetrics.PREFIX + "view.forgotten", this, metrics -> metrics.overview()
                        .forgotten())
                .description("Sagas that ended and for which the list had no room")
                .strongReference(true)
                .register(meters);
        Gauge.builder(MessageMetrics.PREFIX + "view.lag", view, SagaView::lag)
                .description("Records of the saga log that the list does not show yet")
                .register(meters);
    }

    /**
     * Alerts link to where people see the sagas.
     *
     * @param console where the list of sagas is
     */
    public static void showConsole(String console, MeterRegistry meters) {
        Gauge.builder(MessageMetrics.PREFIX + "console", () -> 1)
                .description("Where the list of sagas is shown; always 1")
                .tag("url", console)
                .register(meters);
    }

    private double needing(Attention attention) {
        return overview().byAttention().getOrDefault(attention, 0L);
    }

    private synchronized SagaOverview overview() {
        Instant now = clock.instant();
        SagaOverview counted = overview;
        if (counted == null || !countedAt.plus(FRESH).isAfter(now)) {
            counted = view.overview();
            overview = counted;
            countedAt = now;
        }
        return counted;
    }
}
