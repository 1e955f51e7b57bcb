package dev.caravan.coordinator;

import io.narayana.lra.coordinator.api.Coordinator;
import io.narayana.lra.coordinator.api.CoordinatorContainerFilter;
import jakarta.ws.rs.core.Application;
import java.util.Set;

/**
 * What RESTEasy serves below {@code /lra-coordinator}. RESTEasy makes it, which needs a public class; nobody else
 * should.
 */
public class LraResources extends Application {

    /** Used by RESTEasy, once per servlet. */
    public LraResources() {}

    @Override
    @SuppressWarnings("deprecation") // the coordinator must be made once, after the store was opened
    public Set<Object> getSingletons() {
        return Set.of(new Coordinator(), new CoordinatorContainerFilter(), new RenewalFilter());
    }
}
