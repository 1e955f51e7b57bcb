package dev.caravan.saga.camel;

import java.util.Optional;
import org.apache.camel.NamedNode;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.Resource;
import org.apache.camel.util.URISupport;

/** Where a person finds what a route says. */
final class RoutePlace {

    private RoutePlace() {}

    /**
     * Of a node: file and line where Camel knows them, which it does for Java once it was {@linkplain
     * UnnamedRoutes#remember told to}; where the route begins otherwise.
     */
    static String of(NamedNode node, RouteDefinition route) {
        return fileAndLine(node)
                .or(() -> fileAndLine(route))
                .or(() -> fileAndLine(route.getInput()))
                .or(() -> Optional.ofNullable(route.getResource())
                        .map(Resource::getLocation)
                        .map(file -> "%s, from %s".formatted(file, from(route))))
                .orElseGet(() -> "from " + from(route));
    }

    /** Its URI, which has no password. */
    static String from(RouteDefinition route) {
        return URISupport.sanitizeUri(route.getInput().getEndpointUri());
    }

    private static Optional<String> fileAndLine(NamedNode node) {
        return node.getLocation() == null || node.getLineNumber() < 1
                ? Optional.empty()
                : Optional.of("%s:%d".formatted(node.getLocation(), node.getLineNumber()));
    }
}
