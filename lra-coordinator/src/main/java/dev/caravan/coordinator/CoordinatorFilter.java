package dev.caravan.coordinator;

import jakarta.servlet.ServletException;
import java.io.IOException;

/** Sees each request to the coordinator before Narayana does: passes it on, or answers it. */
interface CoordinatorFilter {

    void filter(CoordinatorRequest request, Next next) throws IOException, ServletException;

    /** Has the request answered by those behind. */
    @FunctionalInterface
    interface Next {
        void proceed() throws IOException, ServletException;
    }

    default CoordinatorFilter andThen(CoordinatorFilter after) {
        return (request, next) -> filter(request, () -> after.filter(request, next));
    }
}
