package dev.caravan.coordinator;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.caravan.coordinator.log.Folded;
import dev.caravan.coordinator.log.Lra;
import io.narayana.lra.LRAConstants;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.eclipse.microprofile.lra.annotation.LRAStatus;

/** What is answered about LRAs of the log, as Narayana writes it: text, or JSON for who accepts nothing else. */
record LraReply(CoordinatorRequest request) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TYPE = "application/json";
    private static final Pattern SINCE_2 = Pattern.compile("([2-9]|[1-9][0-9]+)(\\..*)?");

    void status(LRAStatus status) throws IOException {
        either(200, "status", status.name());
    }

    /** To a close or cancel. Who speaks version 2.0 of Narayana's interface is told by 202 that it goes on, and where. */
    void ending(LRAStatus status) throws IOException {
        String version = request.header(LRAConstants.NARAYANA_LRA_API_VERSION_HEADER_NAME);
        boolean goesOn = status == LRAStatus.Closing || status == LRAStatus.Cancelling;
        if (goesOn && version != null && SINCE_2.matcher(version).matches()) {
            request.setHeader("Location", request.url().replaceFirst("/[^/]*$", "/status"));
            boolean json = wantsJson();
            request.answer(
                    202,
                    json ? TYPE : "text/plain",
                    json ? JSON.writeValueAsString(Map.of("status", status.name())) : status.name());
        } else {
            status(status);
        }
    }

    private boolean wantsJson() {
        return TYPE.equals(request.header("Accept"));
    }

    /** @param status of HTTP for text; JSON comes with 200 */
    void either(int status, String name, String value) throws IOException {
        if (wantsJson()) {
            json(Map.of(name, value));
        } else {
            request.answer(status, value);
        }
    }

    void all(List<Lra> lras) throws IOException {
        json(lras.stream().map(LraReply::data).toList());
    }

    void one(Lra lra) throws IOException {
        json(data(lra));
    }

    private void json(Object body) throws IOException {
        request.answer(200, TYPE, JSON.writeValueAsString(body));
    }

    private static Map<String, Object> data(Lra lra) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("lraId", lra.id());
        data.put("clientId", lra.client());
        data.put("status", lra.status().name());
        data.put("startTime", lra.startedAt());
        data.put("finishTime", lra.endedAt() == 0 ? lra.limit() : lra.endedAt());
        data.put("httpStatus", lra.isEnding() ? 202 : 200);
        data.put("topLevel", lra.parentId() == null);
        data.put("recovering", lra.isEnding());
        data.put("lraIdAsString", lra.id());
        return data;
    }

    /** @param folded what did not count */
    void refused(Folded folded, String lra) throws IOException {
        switch (folded.verdict()) {
            case TOO_LATE -> request.answer(412, "LRA " + lra + " is not in a state for this");
            case STRANGER -> request.answer(400, "LRA " + lra + " has no such participant");
            default -> unknown(lra);
        }
    }

    void unknown(String lra) throws IOException {
        request.answer(404, "There is no LRA " + lra);
    }

    void unknownParent(String lra) throws IOException {
        request.answer(404, "There is no LRA " + lra + " in this log, and an LRA can be nested in none of elsewhere");
    }

    void nothingThere() throws IOException {
        request.answer(404, "Nothing is at " + request.url());
    }
}
