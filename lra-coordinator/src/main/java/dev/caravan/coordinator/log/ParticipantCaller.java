package dev.caravan.coordinator.log;

import dev.caravan.coordinator.log.LraEvent.Outcome;
import io.narayana.lra.LRAConstants;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.microprofile.lra.annotation.ws.rs.LRA;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes one call, and says what is to be written of it. */
final class ParticipantCaller {

    private static final Logger LOGGER = LoggerFactory.getLogger(ParticipantCaller.class);
    private static final int ACCEPTED = 202;

    private final CallSettings settings;
    private final Clock clock;

    ParticipantCaller(CallSettings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    private record Reply(int status, String body, String location) {

        private static final Reply NONE = new Reply(0, "", null);
    }

    /** @return empty: all is as it was */
    Optional<LraEvent> make(Call call) throws InterruptedException {
        if (isGivenUp(call)) {
            LOGGER.warn("Gave {} of LRA {} up: {}", call.kind(), call.lra().id(), call.url());
            return Optional.of(event(call, Outcome.FAILED, null));
        }
        Reply reply = send(call);
        Optional<Outcome> outcome = call.outcome(reply.status(), reply.body());
        if (outcome.isEmpty()) {
            Call again = call.again();
            reply = send(again);
            outcome = again.outcome(reply.status(), reply.body());
        }
        String status = reply.status() == ACCEPTED ? reply.location() : null;
        boolean isNews = outcome.get() != Outcome.PENDING || call.isTheFirst();
        return isNews ? Optional.of(event(call, outcome.get(), status)) : Optional.empty();
    }

    private boolean isGivenUp(Call call) {
        boolean end = call.kind() == Call.Kind.END || call.kind() == Call.Kind.STATUS;
        long since = end ? call.participant().askedSince() : call.lra().endedAt();
        return !settings.giveUpAfter().isZero()
                && since > 0
                && clock.millis() - since > settings.giveUpAfter().toMillis();
    }

    private static LraEvent event(Call call, Outcome outcome, String status) {
        String participant = call.participant().id();
        return switch (call.kind()) {
            case END, STATUS -> new LraEvent.Answer(participant, call.lra().round(), outcome, status);
            case TELL -> new LraEvent.Told(participant, call.lra().round(), outcome != Outcome.PENDING);
            case FORGET -> new LraEvent.Forgot(participant);
        };
    }

    private Reply send(Call call) throws InterruptedException {
        boolean tells = call.kind() == Call.Kind.TELL;
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put(
                tells ? LRA.LRA_HTTP_ENDED_CONTEXT_HEADER : LRA.LRA_HTTP_CONTEXT_HEADER,
                call.lra().id());
        headers.put(LRA.LRA_HTTP_RECOVERY_HEADER, call.participant().recovery());
        if (call.lra().parentId() != null) {
            headers.put(LRA.LRA_HTTP_PARENT_CONTEXT_HEADER, call.lra().parentId());
        }
        if (call.participant().data() != null) {
            headers.put(
                    LRAConstants.NARAYANA_LRA_PARTICIPANT_DATA_HEADER_NAME,
                    call.participant().data());
        }
        String body =
                switch (call.kind()) {
                    case END -> "";
                    case TELL -> call.lra().status().name();
                    case STATUS, FORGET -> null;
                };
        try {
            HttpResponse<String> answer = settings.http()
                    .send(call.kind().method(), URI.create(call.url()), headers, body)
                    .get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
            return new Reply(
                    answer.statusCode(),
                    answer.body(),
                    answer.headers().firstValue("Location").orElse(null));
        } catch (ExecutionException | TimeoutException e) {
            LOGGER.debug("{} has not answered", call.url(), e);
            return Reply.NONE;
        }
    }
}
