package dev.caravan.coordinator;

import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.lra.annotation.LRAStatus;
import org.eclipse.microprofile.lra.annotation.ws.rs.LRA;

/**
 * Tells when a listener must not be told yet how an LRA ended. Narayana tells one together with the last participant,
 * and says {@code Closed} or {@code Cancelled} although another participant has failed; what is refused here, it says
 * again, and right, as soon as the LRA has its final status.
 */
final class EndNotice {

    private static final Set<String> GOOD_ENDS = Set.of(LRAStatus.Closed.name(), LRAStatus.Cancelled.name());

    private EndNotice() {}

    static boolean isTooEarly(Map<String, String> headers, Object body) {
        String ended = headers.get(LRA.LRA_HTTP_ENDED_CONTEXT_HEADER);
        if (ended == null || !GOOD_ENDS.contains(String.valueOf(body))) {
            return false;
        }
        var lra = RestoredLra.calling(URI.create(ended));
        return lra != null && (lra.getLRAStatus() == LRAStatus.Closing || lra.getLRAStatus() == LRAStatus.Cancelling);
    }

    static Response laterPlease() {
        return Response.status(Response.Status.SERVICE_UNAVAILABLE).build();
    }
}
