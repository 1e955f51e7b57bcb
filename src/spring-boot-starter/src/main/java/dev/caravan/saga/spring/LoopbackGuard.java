package dev.caravan.saga.spring;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Who may look at sagas and repair them over HTTP, in each servlet application, with Spring Security and without. It
 * stands behind Spring Security: what that refuses does not come here, and what that lets through is not all let through.
 *
 * <ul>
 *   <li>Who has logged in, in whatever way, needs one of the roles that {@link GuardedPaths} names.
 *   <li>Who has not is let through only as the user of this machine, see {@link ThisMachine}, unless a login is always
 *       needed.
 *   <li>No request has this process connect elsewhere, nor an answer be read as a script (JSONP), whoever sends it.
 *   <li>{@code caravan.console.local-paths} are open, but on the loopback address not to pages and through proxies.
 * </ul>
 */
final class LoopbackGuard extends OncePerRequestFilter {

    /** Whether the request is one of an operator, for who answers it. */
    static final String IS_OPERATOR = LoopbackGuard.class.getName() + ".operator";

    private final ThisMachine machine;
    private final GuardedPaths paths;
    private final ConsoleProperties console;

    LoopbackGuard(ThisMachine machine, GuardedPaths paths, ConsoleProperties console) {
        this.machine = machine;
        this.paths = paths;
        this.console = console;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (refusesForAnybody(request, response)) {
            return;
        }
        if (paths.isConsole(request)) {
            console(request, response, chain);
        } else if (paths.isLocal(request) && machine.isAlone() && RequestLogin.of(request) == null) {
            local(request, response, chain);
        } else {
            chain.doFilter(request, response);
        }
    }

    private boolean refusesForAnybody(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (paths.isProxy(request)) {
            if (request.getMethod().equals("GET") && request.getRequestURI().endsWith("/proxy/enabled")) {
                // Hawtio asks whether it may offer connections to others
                response.setContentType(MediaType.TEXT_PLAIN_VALUE);
                response.getOutputStream().write("false".getBytes(StandardCharsets.UTF_8));
                return true;
            }
            refuse(response, HttpServletResponse.SC_FORBIDDEN, "This process asks no other one for its MBeans");
            return true;
        }
        if (paths.isJolokia(request)) {
            List<String> parameters = parameters(request);
            if (parameters.contains("target")) {
                refuse(response, HttpServletResponse.SC_FORBIDDEN, "This process asks no other one for its MBeans");
                return true;
            }
            if (parameters.contains("callback") || ThisMachine.isForm(request)) {
                refuse(response, HttpServletResponse.SC_FORBIDDEN, "Ask without a callback, and with JSON");
                return true;
            }
        }
        return false;
    }

    private void console(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        RequestLogin login = RequestLogin.of(request);
        if (login != null) {
            Set<ConsoleProperties.Role> needed = paths.needed(request);
            if (needed.stream().noneMatch(role -> is(login, role))) {
                refuse(response, HttpServletResponse.SC_FORBIDDEN, "This needs the role " + named(needed));
                return;
            }
            request.setAttribute(IS_OPERATOR, is(login, ConsoleProperties.Role.OPERATOR));
            chain.doFilter(request, response);
            return;
        }
        String refusal =
                console.login() == ConsoleProperties.Login.ALWAYS ? ThisMachine.LOGIN : machine.refusal(request);
        if (refusal != null) {
            boolean page = console.login() == ConsoleProperties.Login.AUTO
                    && machine.isAlone()
                    && !ThisMachine.isProxied(request);
            refuse(response, page ? HttpServletResponse.SC_FORBIDDEN : HttpServletResponse.SC_UNAUTHORIZED, refusal);
            return;
        }
        request.setAttribute(IS_OPERATOR, true);
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("X-Frame-Options", "DENY");
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        chain.doFilter(request, response);
    }

    /** Where sagas need a login, a proxy may pass on what is open. */
    private void local(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        boolean hasLogin = console.login() == ConsoleProperties.Login.ALWAYS
                || !console.users().isEmpty();
        String refusal = hasLogin && ThisMachine.isProxied(request)
                ? ThisMachine.refusalBehindProxy(request, console.hosts())
                : machine.refusal(request);
        if (refusal == null) {
            chain.doFilter(request, response);
        } else {
            refuse(response, HttpServletResponse.SC_FORBIDDEN, refusal);
        }
    }

    private boolean is(RequestLogin login, ConsoleProperties.Role role) {
        return console.authorities(role).stream().anyMatch(login::has);
    }

    private static String named(Set<ConsoleProperties.Role> roles) {
        return String.join(" or ", roles.stream().map(Enum::name).sorted().toList());
    }

    /** Names only. Not of a body: that is for who answers. */
    private static List<String> parameters(HttpServletRequest request) {
        String query = request.getQueryString();
        return query == null
                ? List.of()
                : Arrays.stream(query.split("[&;]"))
                        .map(pair -> decoded(pair.replaceFirst("=.*", "")).toLowerCase(Locale.ROOT))
                        .toList();
    }

    private static String decoded(String name) {
        try {
            return URLDecoder.decode(name, StandardCharsets.UTF_8).strip();
        } catch (IllegalArgumentException e) {
            return name;
        }
    }

    /** The texts are our own: nothing of the request is in them. */
    static void refuse(HttpServletResponse response, int status, @Nullable String detail) throws IOException {
        response.setStatus(status);
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        response.getOutputStream()
                .write("{\"status\":%d,\"detail\":\"%s\"}"
                        .formatted(status, detail)
                        .getBytes(StandardCharsets.UTF_8));
    }
}
