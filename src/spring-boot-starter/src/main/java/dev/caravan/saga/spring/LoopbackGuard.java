package dev.caravan.saga.spring;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.regex.Pattern;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * What listens on the loopback address without a login is open to each page in a browser of this machine. So a request
 * is refused that was sent to another name (DNS rebinding) or comes from a page of another origin.
 */
final class LoopbackGuard extends OncePerRequestFilter {

    private static final Pattern LOOPBACK =
            Pattern.compile("(localhost|127(\\.[0-9]{1,3}){3}|\\[::1])(:[0-9]+)?", Pattern.CASE_INSENSITIVE);

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String host = request.getHeader(HttpHeaders.HOST);
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (host == null || !LOOPBACK.matcher(host).matches()) {
            response.sendError(HttpServletResponse.SC_FORBIDDEN, "Without a login, ask localhost");
        } else if (origin != null && !host.equalsIgnoreCase(authority(origin))) {
            response.sendError(HttpServletResponse.SC_FORBIDDEN, "A page of another origin asks for this");
        } else {
            chain.doFilter(request, response);
        }
    }

    private static String authority(String origin) {
        try {
            return URI.create(origin).getAuthority();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
