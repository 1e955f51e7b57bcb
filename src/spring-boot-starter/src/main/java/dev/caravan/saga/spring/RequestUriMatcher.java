package dev.caravan.saga.spring;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Matches the path of a request from the application's root on. Spring Security's own matchers look at what is within a
 * servlet, and would not see that {@code /actuator/jolokia} is below {@code /actuator}: Jolokia and an LRA coordinator
 * are servlets.
 */
final class RequestUriMatcher implements RequestMatcher {

    private final @Nullable HttpMethod method;
    private final PathPattern pattern;

    private RequestUriMatcher(@Nullable HttpMethod method, String pattern) {
        this.method = method;
        this.pattern = PathPatternParser.defaultInstance.parse(pattern);
    }

    static RequestMatcher of(String pattern) {
        return new RequestUriMatcher(null, pattern);
    }

    static RequestMatcher of(HttpMethod method, String pattern) {
        return new RequestUriMatcher(method, pattern);
    }

    @Override
    public boolean matches(HttpServletRequest request) {
        String path = request.getRequestURI().substring(request.getContextPath().length());
        return (method == null || method.matches(request.getMethod()))
                && pattern.matches(PathContainer.parsePath(path));
    }

    @Override
    public String toString() {
        return (method == null ? "" : method + " ") + pattern;
    }
}
