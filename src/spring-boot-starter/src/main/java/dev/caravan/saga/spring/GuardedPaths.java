package dev.caravan.saga.spring;

import static dev.caravan.saga.spring.ConsoleProperties.Role.OPERATOR;
import static dev.caravan.saga.spring.ConsoleProperties.Role.STARTER;
import static dev.caravan.saga.spring.ConsoleProperties.Role.VIEWER;

import dev.caravan.saga.spring.ConsoleProperties.Role;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.springframework.http.server.PathContainer;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * What a path leads to, and who may go there. A path is looked at as it was sent and as the servlet container has
 * understood it, from the application's root on, because Jolokia is a servlet of its own.
 */
final class GuardedPaths {

    /** The page says so of what it asks for again and again. */
    static final String CONSOLE_HEADER = "Caravan-Console";

    private static final PathContainer.Options AS_IT_IS = PathContainer.Options.create('/', false);

    /** Where the application has put what is guarded. */
    record Places(String mvc, String actuator, String jolokia, String hawtio, String endpoint) {

        /** As they are when the application has said nothing. */
        static Places usual() {
            return new Places("", "/actuator", "/actuator/jolokia", "/actuator/hawtio", "/actuator/sagas");
        }
    }

    private record Patterns(
            List<PathPattern> polled,
            List<PathPattern> shown,
            List<PathPattern> console,
            List<PathPattern> open,
            List<PathPattern> jolokia,
            List<PathPattern> jmx,
            List<PathPattern> proxy,
            List<PathPattern> payloads,
            List<PathPattern> lists,
            List<PathPattern> oneSaga) {}

    private final Supplier<Patterns> patterns;
    private final List<PathPattern> local;

    /**
     * @param places asked at the first request, when all endpoints are there
     * @param more of the application that are seen and changed as sagas are
     * @param local of the application that are open, but not to pages of other origins
     */
    GuardedPaths(Supplier<Places> places, List<String> more, List<String> local) {
        this.patterns = SingletonSupplier.of(() -> patterns(places.get(), more));
        this.local = parsed(local.stream());
    }

    private static Patterns patterns(Places places, List<String> more) {
        String sagas = places.mvc() + "/api/sagas";
        String jolokia = places.mvc() + places.jolokia();
        String hawtio = places.mvc() + places.hawtio();
        String actuator = places.mvc() + places.actuator();
        List<String> shown =
                List.of(sagas + "/**", places.mvc() + "/api/lras/**", places.mvc() + "/api/dead-letters/**");
        return new Patterns(
                parsed(Stream.of(sagas + "/events", places.mvc() + places.endpoint() + "/**", hawtio + "/**")),
                parsed(shown.stream()),
                parsed(Stream.of(
                                shown.stream(),
                                Stream.of(places.mvc() + places.endpoint() + "/**", jolokia + "/**", hawtio + "/**"),
                                more.stream())
                        .flatMap(all -> all)),
                parsed(Stream.of(actuator + "/health/**", actuator + "/prometheus")),
                parsed(Stream.of(jolokia + "/**", hawtio + "/jolokia/**")),
                parsed(Stream.of(jolokia + "/**", hawtio + "/**")),
                parsed(Stream.of(hawtio + "/proxy/**")),
                parsed(Stream.of(sagas + "/*/events/**", sagas + "/*/bundle")),
                parsed(Stream.of(
                        sagas + "/overview",
                        sagas + "/groups",
                        sagas + "/export",
                        sagas + "/openapi.json",
                        sagas + "/actions",
                        sagas + "/events",
                        sagas + "/access")),
                parsed(Stream.of(sagas + "/*")));
    }

    private static List<PathPattern> parsed(Stream<String> paths) {
        return paths.map(PathPatternParser.defaultInstance::parse).toList();
    }

    /** Sagas, whatever shows them, and what the application has added to them. */
    boolean isConsole(HttpServletRequest request) {
        return matches(request, patterns.get().console())
                && !matches(request, patterns.get().open());
    }

    /** What the console, a probe or a scraper asks for again and again, and changes nothing. Other clients' questions are none. */
    boolean isPolling(HttpServletRequest request) {
        Patterns all = patterns.get();
        boolean reads = request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
        boolean byConsole = request.getHeader(CONSOLE_HEADER) != null && matches(request, all.shown());
        return matches(request, all.jolokia())
                || reads && (byConsole || matches(request, all.polled()) || matches(request, all.open()));
    }

    boolean isJolokia(HttpServletRequest request) {
        return matches(request, patterns.get().jolokia());
    }

    /** Hawtio's, which connects where the path says. */
    boolean isProxy(HttpServletRequest request) {
        return matches(request, patterns.get().proxy());
    }

    boolean isLocal(HttpServletRequest request) {
        return matches(request, local);
    }

    /** @return one of them is needed; a path that is read in two ways needs more */
    Set<Role> needed(HttpServletRequest request) {
        Patterns all = patterns.get();
        boolean one = matches(request, all.oneSaga()) && !matches(request, all.lists());
        return switch (request.getMethod()) {
            case "GET", "HEAD" -> {
                if (matches(request, all.payloads())) {
                    yield Set.of(OPERATOR);
                }
                yield one ? Set.of(VIEWER, OPERATOR, STARTER) : Set.of(VIEWER, OPERATOR);
            }
            case "POST" -> {
                if (matches(request, all.jmx())) {
                    yield Set.of(VIEWER, OPERATOR);
                }
                yield one ? Set.of(OPERATOR, STARTER) : Set.of(OPERATOR);
            }
            default -> Set.of(OPERATOR);
        };
    }

    private static boolean matches(HttpServletRequest request, List<PathPattern> patterns) {
        String path = request.getRequestURI().substring(request.getContextPath().length());
        PathContainer sent = PathContainer.parsePath(path);
        String info = request.getPathInfo();
        PathContainer understood =
                PathContainer.parsePath(request.getServletPath() + (info == null ? "" : info), AS_IT_IS);
        return patterns.stream().anyMatch(pattern -> pattern.matches(sent) || pattern.matches(understood));
    }
}
