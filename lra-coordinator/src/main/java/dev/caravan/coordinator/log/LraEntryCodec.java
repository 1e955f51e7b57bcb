package dev.caravan.coordinator.log;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/** Entries as JSON: {@code {"lra", "at", "event": {"type", …}}}. */
final class LraEntryCodec {

    private final ObjectMapper json = new ObjectMapper()
            .setDefaultPropertyInclusion(JsonInclude.Include.NON_NULL)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    byte[] encode(LraEntry entry) {
        try {
            return json.writeValueAsBytes(entry);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Not to be written: " + entry, e);
        }
    }

    /** @throws IOException it is no entry */
    LraEntry decode(byte[] value) throws IOException {
        LraEntry entry = json.readValue(value, LraEntry.class);
        if (entry == null || entry.lra() == null || LraUid.in(entry.lra()) == null || entry.event() == null) {
            throw new IOException("An entry has an LRA and an event");
        }
        return entry;
    }
}
