package dev.caravan.orchestrator;

import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.springframework.security.web.SecurityFilterChain;

/** Takes all requests that no other chain takes, and does nothing with them. Spring Boot's own would want a login. */
final class OpenPaths implements SecurityFilterChain {

    @Override
    public boolean matches(HttpServletRequest request) {
        return true;
    }

    @Override
    public List<Filter> getFilters() {
        return List.of();
    }
}
