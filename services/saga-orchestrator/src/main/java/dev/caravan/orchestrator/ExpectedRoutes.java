package dev.caravan.orchestrator;

import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.spring.boot.CamelContextConfiguration;

/**
 * Refuses to start without the routes that are expected: a pattern that matches no file would otherwise start a healthy
 * application that does nothing. Where none are named, at least one route has to be there.
 */
final class ExpectedRoutes implements CamelContextConfiguration {

    private final List<String> expected;

    ExpectedRoutes(List<String> expected) {
        this.expected = expected;
    }

    @Override
    public void beforeApplicationStart(CamelContext context) {}

    @Override
    public void afterApplicationStart(CamelContext context) {
        if (context.getRoutes().isEmpty()) {
            throw new IllegalStateException("There is no route: set --routes to the directory of the route files,"
                    + " or camel.main.routes-include-pattern to what they are called");
        }
        List<String> missing =
                expected.stream().filter(id -> context.getRoute(id) == null).toList();
        if (!missing.isEmpty()) {
            throw new IllegalStateException(
                    "The routes %s are missing. Files were looked for with camel.main.routes-include-pattern=%s"
                            .formatted(
                                    missing,
                                    context.getPropertiesComponent()
                                            .resolveProperty("camel.main.routes-include-pattern")
                                            .orElse("")));
        }
    }
}
