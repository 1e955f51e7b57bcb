package dev.caravan.coordinator;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where the coordinator listens on the loopback address and asks for no secret, its requests are those of programs of
 * this machine. It refuses those of pages in a browser (DNS rebinding, another origin, forms and scripts, with GET and
 * HEAD too) and what came through a proxy. It looks at requests as they came.
 */
final class PageGuard extends HttpFilter {

    private static final long serialVersionUID = 1L;

    private static final Pattern LOOPBACK =
            Pattern.compile("(localhost|127(\\.[0-9]{1,3}){3}|\\[::1])(:[0-9]+)?", Pattern.CASE_INSENSITIVE);
    private static final Set<String> OF_PROXIES = Set.of("forwarded", "via", "x-real-ip", "x-client-ip");

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String refusal = refusal(original(request));
        if (refusal == null) {
            chain.doFilter(request, response);
            return;
        }
        response.setStatus(HttpServletResponse.SC_FORBIDDEN);
        response.setContentType("text/plain");
        response.getOutputStream().write(refusal.getBytes(StandardCharsets.UTF_8));
    }

    private static String refusal(HttpServletRequest request) {
        String host = request.getHeader("Host");
        if (isProxied(request)) {
            return "This came through a proxy: set caravan.lra.coordinator.secret";
        }
        if (host == null || !LOOPBACK.matcher(host).matches()) {
            return "Without a secret, ask localhost";
        }
        return isOfAPage(request, host) ? "A page in a browser asks for this" : null;
    }

    private static boolean isProxied(HttpServletRequest request) {
        return Boolean.TRUE.equals(request.getAttribute("org.apache.tomcat.request.forwarded"))
                || Collections.list(request.getHeaderNames()).stream()
                        .map(name -> name.toLowerCase(Locale.ROOT))
                        .anyMatch(name -> name.startsWith("x-forwarded") || OF_PROXIES.contains(name));
    }

    private static boolean isOfAPage(HttpServletRequest request, String host) {
        String origin = request.getHeader("Origin");
        if (origin != null) {
            return !origin.equalsIgnoreCase(request.getScheme() + "://" + host);
        }
        String site = request.getHeader("Sec-Fetch-Site");
        if (site != null) {
            return !site.equals("same-origin") && !site.equals("none");
        }
        String referer = request.getHeader("Referer");
        return referer != null && !host.equalsIgnoreCase(authority(referer));
    }

    private static String authority(String url) {
        try {
            return URI.create(url).getAuthority();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static HttpServletRequest original(HttpServletRequest request) {
        HttpServletRequest inner = request;
        while (inner instanceof ServletRequestWrapper wrapper
                && wrapper.getRequest() instanceof HttpServletRequest next) {
            inner = next;
        }
        return inner;
    }
}
