package dev.caravan.coordinator;

import io.narayana.lra.coordinator.domain.model.LongRunningAction;
import io.narayana.lra.coordinator.internal.LRARecoveryModule;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.lra.annotation.LRAStatus;

/**
 * Lets those who join or end one LRA through one after another, and none that would change a decision.
 *
 * <p>Narayana compensates an LRA that is {@code Closing} if it is asked to cancel it, does nothing and answers {@code
 * Active} to a close that meets a join, keeps all LRAs waiting while a participant wants to join one that is ending, and
 * takes a participant without a callback. Here the first decision stands: a later close or cancel is answered with the
 * status, 200, and a participant that comes too late with 412. Nested LRAs pass, because their parents decide again.
 */
class DecisionFilter extends HttpFilter {

    private static final long serialVersionUID = 1L;

    private static final Pattern CHANGE =
            Pattern.compile("(?<lra>.*/lra-coordinator/[^/]+)(?<operation>/close|/cancel|)");
    private static final int PRECONDITION_FAILED = 412;

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Matcher change = CHANGE.matcher(request.getRequestURL());
        LongRunningAction lra =
                "PUT".equals(request.getMethod()) && change.matches() ? find(change.group("lra")) : null;
        if (lra == null || !lra.isTopLevel()) {
            chain.doFilter(request, response);
            return;
        }
        String operation = change.group("operation");
        if (refused(lra, operation, request, response)) {
            return;
        }
        synchronized (lra) { // one object per LRA serves all requests; Narayana itself never locks it
            if (!refused(lra, operation, request, response)) {
                chain.doFilter(request, response);
            }
        }
    }

    private static boolean refused(
            LongRunningAction lra, String operation, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        LRAStatus status = lra.getLRAStatus();
        boolean decided = status != LRAStatus.Active;
        String link = request.getHeader("Link");
        if (!operation.isEmpty()) {
            if (decided) {
                answerStatus(status, request, response);
            }
            return decided;
        }
        if ((link == null || link.isBlank()) && request.getContentLength() <= 0) {
            answer(response, HttpServletResponse.SC_BAD_REQUEST, "Joining an LRA takes a Link header");
            return true;
        }
        if (decided && (link == null || link.contains("compensate"))) {
            answer(response, PRECONDITION_FAILED, "LRA %s is %s, too late to join".formatted(lra.getId(), status));
            return true;
        }
        return false;
    }

    private static LongRunningAction find(String lra) {
        try {
            return LRARecoveryModule.getService().lookupTransaction(new URI(lra));
        } catch (URISyntaxException e) {
            return null; // the coordinator says what is wrong with it
        }
    }

    private static void answerStatus(LRAStatus status, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        boolean json = "application/json".equals(request.getHeader("Accept"));
        answer(response, HttpServletResponse.SC_OK, json ? "{\"status\":\"" + status + "\"}" : status.name());
    }

    private static void answer(HttpServletResponse response, int code, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        response.setStatus(code);
        response.setContentType(body.startsWith("{") ? "application/json" : "text/plain");
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }
}
