package dev.caravan.coordinator;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets those through that have the coordinator's secret, and joins whose callbacks are on allowed hosts. Answers 401 and
 * 403 otherwise.
 */
final class AccessFilter implements CoordinatorFilter {

    private static final Logger LOGGER = LoggerFactory.getLogger(AccessFilter.class);

    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;

    private final byte[] expected;
    private final ParticipantHosts hosts;

    /** @param secret {@code null} or blank: none is asked for */
    AccessFilter(String secret, ParticipantHosts hosts) {
        this.expected =
                secret == null || secret.isBlank() ? null : ("Bearer " + secret).getBytes(StandardCharsets.UTF_8);
        this.hosts = hosts;
    }

    @Override
    public void filter(CoordinatorRequest request, Next next) throws IOException, ServletException {
        String link = request.header("Link");
        String refusal = link == null ? null : hosts.refusalOf(link);
        if (expected != null && !isAuthorized(request.header("Authorization"))) {
            request.setHeader("WWW-Authenticate", "Bearer");
            request.answer(UNAUTHORIZED, "This coordinator asks for its secret");
        } else if (refusal != null) {
            LOGGER.warn("{}", refusal);
            request.answer(FORBIDDEN, refusal);
        } else {
            next.proceed();
        }
    }

    private boolean isAuthorized(String authorization) {
        return authorization != null && MessageDigest.isEqual(expected, authorization.getBytes(StandardCharsets.UTF_8));
    }
}
