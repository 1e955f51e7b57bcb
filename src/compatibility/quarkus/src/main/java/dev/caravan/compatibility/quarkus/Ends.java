package dev.caravan.compatibility.quarkus;

import dev.caravan.saga.engine.SagaListener;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How sagas end that run here. It has a name, or Quarkus would leave it out: nobody injects it. */
@ApplicationScoped
@Named("ends")
public class Ends implements SagaListener {

    private final MeterRegistry meters;
    private final Map<String, String> statuses = new ConcurrentHashMap<>();

    @Inject
    Ends(MeterRegistry meters) {
        this.meters = meters;
    }

    @Override
    public void onEntry(SagaLogEntry entry, SagaState after) {
        String status = after.status().name();
        boolean changed = !status.equals(statuses.put(after.sagaId().value(), status));
        if (changed && after.status().isTerminal()) {
            meters.counter("sagas.ended", "saga", after.name(), "status", status)
                    .increment();
        }
    }

    public String of(String sagaId) {
        return statuses.getOrDefault(sagaId, "UNKNOWN");
    }
}
