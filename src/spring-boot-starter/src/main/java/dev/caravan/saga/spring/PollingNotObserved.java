package dev.caravan.saga.spring;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationPredicate;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.server.observation.ServerRequestObservationContext;

/** Requests by which the console and probes look again and again are neither traced nor timed: they would be most of all there is. */
final class PollingNotObserved implements ObservationPredicate {

    private final ObjectProvider<GuardedPaths> paths;

    PollingNotObserved(ObjectProvider<GuardedPaths> paths) {
        this.paths = paths;
    }

    @Override
    public boolean test(String name, Observation.Context context) {
        return !(context instanceof ServerRequestObservationContext server && isPolling(server.getCarrier()));
    }

    private boolean isPolling(@Nullable HttpServletRequest request) {
        return request != null && paths.getObject().isPolling(request);
    }
}
