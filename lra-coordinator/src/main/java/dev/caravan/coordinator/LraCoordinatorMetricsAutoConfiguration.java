package dev.caravan.coordinator;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.eclipse.microprofile.lra.annotation.LRAStatus;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/**
 * Measures the coordinator in an application that has Micrometer: {@code lra.open} by status, {@code lra.failed}, and
 * {@code lra.participant.calls} by outcome.
 */
@AutoConfiguration(after = {LraCoordinatorAutoConfiguration.class, LoggedLraAutoConfiguration.class})
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(OpenLras.class)
public class LraCoordinatorMetricsAutoConfiguration {

    private static final String CALLS = "lra.participant.calls";

    /** Used by Spring. */
    public LraCoordinatorMetricsAutoConfiguration() {}

    @Bean
    MeterBinder lraCoordinatorMetrics(OpenLras coordinator) {
        return registry -> {
            Stream.of(LRAStatus.Active, LRAStatus.Closing, LRAStatus.Cancelling)
                    .forEach(status -> Gauge.builder("lra.open", coordinator, open -> open.countByStatus()
                                    .getOrDefault(status.name(), 0L))
                            .tag("status", status.name())
                            .description("LRAs that have not ended")
                            .register(registry));
            Gauge.builder("lra.failed", coordinator, OpenLras::countFailed)
                    .description("LRAs that failed and wait for a person")
                    .register(registry);
            ParticipantClient.measure((status, nanos) -> Timer.builder(CALLS)
                    .tag("outcome", outcome(status))
                    .description("Callbacks to participants")
                    .register(registry)
                    .record(nanos, TimeUnit.NANOSECONDS));
        };
    }

    private static String outcome(int status) {
        return switch (status / 100) {
            case 0 -> "unanswered";
            case 2 -> status == 202 ? "accepted" : "done";
            default -> status == 410 ? "done" : "refused";
        };
    }
}
