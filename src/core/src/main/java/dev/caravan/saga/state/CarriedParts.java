package dev.caravan.saga.state;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.caravan.saga.SagaId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A state as text in parts, for one that is larger than an entry may be. The parts are cut anywhere, so that no event that
 * was small enough for an entry can be too large for a part.
 */
public final class CarriedParts {

    /** Six bytes for each character at most, when it stands in JSON again: well below what Kafka takes. */
    private static final int LENGTH = 64_000;

    private static final ObjectMapper JSON = SagaLogCodec.mapper();

    private CarriedParts() {}

    /** Two or more. */
    public static List<SagaEvent.SnapshotPart> of(SagaState state) {
        String text = write(state);
        int parts = Math.max(2, (text.length() + LENGTH - 1) / LENGTH);
        List<SagaEvent.SnapshotPart> all = new ArrayList<>();
        for (int part = 0; part < parts; part++) {
            int from = Math.min(text.length(), part * LENGTH);
            all.add(new SagaEvent.SnapshotPart(
                    part, parts, text.substring(from, Math.min(text.length(), from + LENGTH))));
        }
        return all;
    }

    private static String write(SagaState state) {
        try {
            return JSON.writeValueAsString(state);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The state of saga %s could not be written".formatted(state.sagaId()), e);
        }
    }

    /** @return empty: together, the parts are no state of this saga */
    public static Optional<SagaState> join(List<String> parts, SagaId sagaId) {
        try {
            return Optional.ofNullable(JSON.readValue(String.join("", parts), SagaState.class))
                    .filter(state -> CarriedState.flaw(state, sagaId).isEmpty())
                    .filter(EntryRules::hasTimes);
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
