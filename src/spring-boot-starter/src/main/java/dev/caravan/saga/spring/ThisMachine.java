package dev.caravan.saga.spring;

import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * Tells the programs of this machine's user from pages in his browser and from who comes through a proxy, where an
 * application listens on the loopback address only. It looks at the request as it came, whatever filters before it have
 * made of it.
 *
 * <p>A page of another origin is known by the name that it asked ({@code Host}: DNS rebinding), by {@code Origin}, by
 * {@code Sec-Fetch-Site}, which browsers send with GET and HEAD too, by {@code Referer}, and by what a form can send.
 * A proxy is known by the headers that it adds; one that adds none cannot be known.
 */
final class ThisMachine {

    private static final Pattern LOOPBACK =
            Pattern.compile("(localhost|127(\\.[0-9]{1,3}){3}|\\[::1])(:[0-9]+)?", Pattern.CASE_INSENSITIVE);

    private static final String OTHER_PAGE = "A page of another origin asks for this";

    private static final Set<String> OF_PROXIES = Set.of(
            "forwarded",
            "via",
            "x-real-ip",
            "x-client-ip",
            "x-cluster-client-ip",
            "x-original-host",
            "x-original-url",
            "cf-connecting-ip",
            "true-client-ip");

    /** What who is not of this machine is told. */
    static final String LOGIN = "This needs a login: name users in caravan.console.users, or give the application's own"
            + " logins the roles that caravan.console.viewers and .operators name";

    private static final List<String> OF_FORMS =
            List.of("application/x-www-form-urlencoded", "multipart/form-data", "text/plain");

    private final boolean loopback;

    /** @param address that the application listens on; blank: all */
    ThisMachine(String address) {
        this.loopback = isLoopback(address);
    }

    /** Whether nobody else can reach the application, a proxy on this machine excepted. */
    boolean isAlone() {
        return loopback;
    }

    static boolean isLoopback(String address) {
        try {
            return address != null
                    && !address.isBlank()
                    && InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** @return why the request is not one of this machine's user; {@code null} if it is */
    @Nullable
    String refusal(HttpServletRequest wrapped) {
        HttpServletRequest request = original(wrapped);
        if (!loopback || !isLoopback(request.getRemoteAddr()) || !isLoopback(request.getLocalAddr())) {
            return LOGIN;
        }
        if (isProxied(request)) {
            return "This came through a proxy, which needs a login: set caravan.console.users and caravan.console.login";
        }
        String host = request.getHeader(HttpHeaders.HOST);
        if (host == null || !LOOPBACK.matcher(host).matches()) {
            return "Without a login, ask localhost";
        }
        return isOfAnotherPage(request, host) ? OTHER_PAGE : null;
    }

    /**
     * For what a proxy on this machine may pass on. A page can send a proxy's headers itself when it has rebound a name,
     * but it cannot choose the name.
     *
     * @param names that the proxy is asked by, without a port
     * @return {@code null}: it may be answered
     */
    static @Nullable String refusalBehindProxy(HttpServletRequest wrapped, Collection<String> names) {
        HttpServletRequest request = original(wrapped);
        String host = request.getHeader(HttpHeaders.HOST);
        if (!isOneOf(names, host)) {
            return "Name the host that the proxy is asked by in caravan.console.hosts";
        }
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin != null) {
            String page = authority(origin);
            return page != null && (page.equalsIgnoreCase(host) || isOneOf(names, page)) ? null : OTHER_PAGE;
        }
        return isOfAnotherPage(request, host) ? OTHER_PAGE : null;
    }

    private static boolean isOneOf(Collection<String> names, String host) {
        return host != null
                && (LOOPBACK.matcher(host).matches()
                        || names.stream().anyMatch(host.replaceFirst(":[0-9]+$", "")::equalsIgnoreCase));
    }

    /** Whether a proxy has passed the request on. */
    static boolean isProxied(HttpServletRequest wrapped) {
        HttpServletRequest request = original(wrapped);
        // Tomcat's valve takes the headers away, and leaves this, with each request: where it is, there is a proxy
        return Boolean.TRUE.equals(request.getAttribute("org.apache.tomcat.request.forwarded"))
                || Collections.list(request.getHeaderNames()).stream()
                        .map(name -> name.toLowerCase(Locale.ROOT))
                        .anyMatch(name -> name.startsWith("x-forwarded") || OF_PROXIES.contains(name));
    }

    private static boolean isOfAnotherPage(HttpServletRequest request, String host) {
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin != null) {
            return !origin.equalsIgnoreCase(request.getScheme() + "://" + host);
        }
        String site = request.getHeader("Sec-Fetch-Site");
        if (site != null) {
            return !site.equals("same-origin") && !site.equals("none");
        }
        String referer = request.getHeader(HttpHeaders.REFERER);
        return (referer != null && !host.equalsIgnoreCase(authority(referer))) || isForm(request);
    }

    /** What a page can send elsewhere without asking first. A browser of today names the page's origin with it. */
    static boolean isForm(HttpServletRequest request) {
        String type = request.getContentType();
        return type != null
                && request.getMethod().equals("POST")
                && OF_FORMS.stream().anyMatch(type.strip().toLowerCase(Locale.ROOT)::startsWith);
    }

    private static @Nullable String authority(String url) {
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
