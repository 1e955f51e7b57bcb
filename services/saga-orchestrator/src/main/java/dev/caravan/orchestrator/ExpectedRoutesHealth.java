package dev.caravan.orchestrator;

import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.ServiceStatus;
import org.springframework.boot.actuate.health.AbstractHealthIndicator;
import org.springframework.boot.actuate.health.Health;

/** UP while every route that is expected is started: one may be stopped in the console. */
final class ExpectedRoutesHealth extends AbstractHealthIndicator {

    private final CamelContext context;
    private final List<String> expected;

    ExpectedRoutesHealth(CamelContext context, List<String> expected) {
        this.context = context;
        this.expected = expected;
    }

    @Override
    protected void doHealthCheck(Health.Builder health) {
        List<String> missing = expected.stream()
                .filter(id -> context.getRouteController().getRouteStatus(id) != ServiceStatus.Started)
                .toList();
        if (missing.isEmpty()) {
            health.up();
        } else {
            health.outOfService().withDetail("notStarted", missing);
        }
    }
}
