package dev.caravan.saga.participant;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/** What a participant does for one command: a route, which calls a bean, which changes the database. */
@FunctionalInterface
public interface StepAction {

    /**
     * @return the result for the reply, or {@code null}
     * @throws StepRejectedException the business says no; nothing took effect
     * @throws Exception technical trouble; what it did to the local database is rolled back
     */
    @Nullable
    JsonNode run() throws Exception;
}
