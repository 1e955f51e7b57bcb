package dev.caravan.coordinator;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets those through that have the coordinator's secret, and joins whose callbacks are on allowed hosts. Answers 401 and
 * 403 otherwise.
 */
class AccessFilter extends HttpFilter {

    private static final long serialVersionUID = 1L;
    private static final Logger LOGGER = LoggerFactory.getLogger(AccessFilter.class);

    private final transient byte[] expected;
    private final transient ParticipantHosts hosts;

    /** @param secret {@code null} or blank: none is asked for */
    AccessFilter(String secret, ParticipantHosts hosts) {
        this.expected =
                secret == null || secret.isBlank() ? null : ("Bearer " + secret).getBytes(StandardCharsets.UTF_8);
        this.hosts = hosts;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String link = request.getHeader("Link");
        String refusal = link == null ? null : hosts.refusalOf(link);
        if (expected != null && !isAuthorized(request.getHeader("Authorization"))) {
            response.setHeader("WWW-Authenticate", "Bearer");
            Answers.text(response, HttpServletResponse.SC_UNAUTHORIZED, "This coordinator asks for its secret");
        } else if (refusal != null) {
            LOGGER.warn("{}", refusal);
            Answers.text(response, HttpServletResponse.SC_FORBIDDEN, refusal);
        } else {
            chain.doFilter(request, response);
        }
    }

    private boolean isAuthorized(String authorization) {
        return authorization != null && MessageDigest.isEqual(expected, authorization.getBytes(StandardCharsets.UTF_8));
    }
}
