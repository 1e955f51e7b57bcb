package dev.caravan.saga.spring;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.boot.actuate.health.AbstractHealthIndicator;
import org.springframework.boot.actuate.health.Health;

/** UP while nobody who is asked has trouble, and DOWN with what each of the others says. */
class TroubleHealth extends AbstractHealthIndicator {

    private final List<Supplier<Optional<String>>> asked;

    TroubleHealth(List<Supplier<Optional<String>>> asked) {
        this.asked = asked;
    }

    @Override
    protected final void doHealthCheck(Health.Builder health) {
        health.up();
        details().forEach(health::withDetail);
        List<String> troubles =
                asked.stream().flatMap(trouble -> trouble.get().stream()).toList();
        if (!troubles.isEmpty()) {
            health.down().withDetail("trouble", String.join("; ", troubles));
        } else if (!isReady()) {
            health.outOfService();
        }
    }

    /** What else is told. */
    Map<String, Object> details() {
        return Map.of();
    }

    /** It may be back since, and somebody should know. */
    static void putFenced(Map<String, Object> details, List<String> fenced) {
        if (!fenced.isEmpty()) {
            details.put("fenced", String.join("; ", fenced));
        }
    }

    /** Whether it has begun with its work. */
    boolean isReady() {
        return true;
    }
}
