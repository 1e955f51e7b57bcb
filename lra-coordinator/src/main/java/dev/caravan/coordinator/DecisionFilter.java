package dev.caravan.coordinator;

import com.arjuna.ats.arjuna.common.Uid;
import io.narayana.lra.coordinator.domain.model.LongRunningAction;
import io.narayana.lra.coordinator.internal.LRARecoveryModule;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
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
final class DecisionFilter implements CoordinatorFilter {

    private static final Pattern CHANGE =
            Pattern.compile("(?<lra>.*/lra-coordinator/[^/]+)(?<operation>/close|/cancel|/remove|)");
    private static final Pattern STATUS = Pattern.compile("(?<lra>.*/lra-coordinator/(?<uid>[^/]+))/status");
    private static final String CLOSE = "/close";
    private static final String LEAVE = "/remove";
    private static final int OK = 200;
    private static final int BAD_REQUEST = 400;
    private static final int PRECONDITION_FAILED = 412;

    private final HardenedRecovery recovery;

    DecisionFilter(HardenedRecovery recovery) {
        this.recovery = recovery;
    }

    @Override
    public void filter(CoordinatorRequest request, Next next) throws IOException, ServletException {
        Matcher status = STATUS.matcher(request.url());
        if ("GET".equals(request.method()) && status.matches()) {
            status(status, request, next);
            return;
        }
        String outer = "POST".equals(request.method()) ? request.parameter("ParentLRA") : null;
        if (outer != null) {
            next.proceed();
            NestedLras.store(find(outer));
            return;
        }
        Matcher change = CHANGE.matcher(request.url());
        LongRunningAction lra = "PUT".equals(request.method()) && change.matches() ? find(change.group("lra")) : null;
        String operation = lra == null ? "" : change.group("operation");
        if (operation.equals(CLOSE) && lra.getLRAStatus() == LRAStatus.Active) {
            synchronized (lra) {
                NestedLras.forgetTheCancelledOnes(lra);
            }
        }
        if (lra == null || !lra.isTopLevel()) {
            next.proceed();
            return;
        }
        if (refused(lra, operation, request)) {
            return;
        }
        synchronized (lra) { // one object per LRA serves all requests; Narayana itself never locks it
            if (!refused(lra, operation, request)) {
                next.proceed();
            }
        }
        if (lra.getLRAStatus() != LRAStatus.Active && find(change.group("lra")) != null) {
            recovery.lookSoon(lra); // a participant is not done, or a listener has not been told
        }
    }

    /** Narayana answers 404 for an LRA that failed, as if it had never been. */
    private void status(Matcher status, CoordinatorRequest request, Next next) throws IOException, ServletException {
        Uid uid = new Uid(status.group("uid"), true);
        Optional<LRAStatus> failure =
                uid.valid() && find(status.group("lra")) == null ? recovery.failure(uid) : Optional.empty();
        if (failure.isPresent()) {
            answerStatus(failure.get(), request);
        } else {
            next.proceed();
        }
    }

    private static boolean isEnding(LongRunningAction lra) {
        return lra.getLRAStatus() == LRAStatus.Closing || lra.getLRAStatus() == LRAStatus.Cancelling;
    }

    private boolean refused(LongRunningAction lra, String operation, CoordinatorRequest request) throws IOException {
        LRAStatus status = lra.getLRAStatus();
        boolean decided = status != LRAStatus.Active;
        String link = request.header("Link");
        if (operation.equals(LEAVE)) {
            return false; // Narayana answers 412 itself
        }
        if (!operation.isEmpty()) {
            if (decided) {
                if (isEnding(lra)) {
                    recovery.lookNow(lra);
                }
                answerStatus(status, request);
            }
            return decided;
        }
        if ((link == null || link.isBlank()) && !request.hasBody()) {
            request.answer(BAD_REQUEST, "Joining an LRA takes a Link header");
            return true;
        }
        if (decided && (link == null || link.contains("compensate"))) {
            request.answer(PRECONDITION_FAILED, "LRA %s is %s, too late to join".formatted(lra.getId(), status));
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

    private static void answerStatus(LRAStatus status, CoordinatorRequest request) throws IOException {
        if ("application/json".equals(request.header("Accept"))) {
            request.answer(OK, "application/json", "{\"status\":\"" + status + "\"}");
        } else {
            request.answer(OK, status.name());
        }
    }
}
