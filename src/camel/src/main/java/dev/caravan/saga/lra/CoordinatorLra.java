package dev.caravan.saga.lra;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.camel.LongRunningAction;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An LRA as the coordinator describes it, whoever started it.
 *
 * @param uid the last segment of the path of its id, by which the coordinator finds it
 * @param id the URL that the coordinator gave it; that of a nested one may name its parent
 * @param clientId what its client called itself; may be empty
 * @param startedAt {@code null}: the coordinator does not say
 * @param finishedAt when it failed; {@code null}: it has not, or the coordinator does not say
 * @param deadline when the coordinator cancels it; {@code null}: never, or it is no longer active
 * @param topLevel false for one that is nested in another
 * @param recovering the coordinator goes on with it by itself
 */
public record CoordinatorLra(
        String uid,
        String id,
        String clientId,
        LraStatus status,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable Instant deadline,
        boolean topLevel,
        boolean recovering) {

    /** It becomes a part of a URL of the coordinator: nothing but hexadecimal digits, and what stands between those. */
    private static final Pattern UID = Pattern.compile("[0-9a-fA-F][0-9a-fA-F_:-]{0,127}");

    /** Whether a text can be the last segment of an LRA's path; it leads to nothing else that a coordinator has. */
    static boolean isUid(String text) {
        return UID.matcher(text).matches();
    }

    /** Empty for what is none, or has a status that the protocol does not know. */
    static Optional<CoordinatorLra> of(JsonNode lra) {
        String id = lra.path("lraId").asText();
        String uid = LongRunningAction.lastSegment(id);
        Optional<LraStatus> status = LraStatus.of(lra.path("status").asText());
        if (!isUid(uid) || status.isEmpty()) {
            return Optional.empty();
        }
        // one field for three times: the time limit of an LRA that is active, and the end of one that has ended
        Instant finish = time(lra.path("finishTime"));
        return Optional.of(new CoordinatorLra(
                uid,
                id,
                lra.path("clientId").asText(""),
                status.get(),
                time(lra.path("startTime")),
                status.get().isFailed() ? finish : null,
                status.get() == LraStatus.Active ? finish : null,
                lra.path("topLevel").asBoolean(true),
                lra.path("recovering").asBoolean(false)));
    }

    /** How an application of Caravan calls itself at the coordinator, if its client is one. */
    public String application() {
        int saga = clientId.lastIndexOf(LraClient.OF_SAGA);
        return saga < 0 ? clientId : clientId.substring(0, saga);
    }

    /** The saga that it is of, if its client is an application of Caravan. */
    public Optional<SagaId> sagaId() {
        int saga = clientId.lastIndexOf(LraClient.OF_SAGA);
        String id = saga < 0 ? uid : clientId.substring(saga + LraClient.OF_SAGA.length());
        return SagaId.isValid(id) ? Optional.of(new SagaId(id)) : Optional.empty();
    }

    private static @Nullable Instant time(JsonNode millis) {
        return millis.asLong(0) <= 0 ? null : Instant.ofEpochMilli(millis.asLong());
    }
}
