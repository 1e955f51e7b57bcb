package dev.caravan.saga.engine;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.caravan.saga.SagaId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What starts are told apart by. Of all that is asked with one key, whoever asks, the {@link #base} is the same, and in
 * one partition of the log: its owner decides. The ids of the key's sagas begin with it and are in that partition too.
 */
final class StartKey {

    private static final String PREFIX = "k.";
    /** At most, those of instances and of brokers. */
    static final Duration CLOCKS_DIFFER = Duration.ofMinutes(10);

    private static final int DIGEST = 16; // bytes
    private static final int BASE = PREFIX.length() + 22;
    private static final int RADIX = 36;
    private static final ObjectMapper SORTED =
            new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

    private StartKey() {}

    /** The id under which what is asked with a key stands in the log. */
    static SagaId base(String application, String name, String key) {
        byte[] digest = digest("%d.%s%d.%s%s"
                .formatted(application.length(), application, name.length(), name, key)
                .getBytes(StandardCharsets.UTF_8));
        return new SagaId(
                PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, DIGEST)));
    }

    /**
     * A new saga of a key, which says when it was begun.
     *
     * @param instance that begins it: another one may do so at the same time
     */
    static SagaId next(SagaId base, Instant at, String instance, Predicate<SagaId> near) {
        String begun = base.value() + "." + Long.toString(at.toEpochMilli(), RADIX) + "."
                + Integer.toString(instance.hashCode() & Short.MAX_VALUE, RADIX);
        SagaId id = new SagaId(begun);
        for (int i = 0; !near.test(id); i++) {
            id = new SagaId(begun + "." + Integer.toString(i, RADIX));
        }
        return id;
    }

    /** The base of a saga that was started with a key; empty: of any other id. */
    static Optional<SagaId> baseOf(SagaId saga) {
        String id = saga.value();
        return id.length() > BASE && id.startsWith(PREFIX) && id.charAt(BASE) == '.'
                ? Optional.of(new SagaId(id.substring(0, BASE)))
                : Optional.empty();
    }

    /** When a saga was begun that was started with a key, by the clock of who began it; of any other, long ago. */
    static Instant begunAt(SagaId saga) {
        if (baseOf(saga).isEmpty()) {
            return Instant.EPOCH;
        }
        try {
            return Instant.ofEpochMilli(
                    Long.parseLong(saga.value().substring(BASE + 1).split("\\.")[0], RADIX));
        } catch (NumberFormatException e) {
            return Instant.EPOCH;
        }
    }

    /** Surely before the first entry of a saga that was started with a key. */
    static Instant beforeStart(SagaId saga) {
        Instant begun = begunAt(saga);
        return begun.equals(Instant.EPOCH) ? begun : begun.minus(CLOCKS_DIFFER);
    }

    /** Tells bodies apart; the order of fields makes no difference. */
    static long digest(@Nullable JsonNode body) {
        try {
            byte[] text = body == null ? new byte[0] : SORTED.writeValueAsBytes(SORTED.treeToValue(body, Object.class));
            return ByteBuffer.wrap(digest(text)).getLong();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A tree of JSON nodes could not be written", e);
        }
    }

    private static byte[] digest(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JVM has SHA-256", e);
        }
    }
}
