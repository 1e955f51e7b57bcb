package dev.caravan.saga.lra;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Names one enlistment in a callback URL: saga and step, signed (HMAC-SHA-256, 128 bits of it), as base64url, so that no
 * coordinator can garble it and nobody else can make one. Everything else about the enlistment is in the saga log.
 *
 * <p>A token is signed with a key of its {@link Verb} and is good for that one only: who has seen the URL of a status
 * cannot ask for a compensation. Tokens of 0.1.0-SNAPSHOT before that were good for every verb; a coordinator still calls
 * with those of LRAs that were in flight then. They are read, and none is written any more.
 */
final class CallbackToken {

    private static final int SIGNATURE = 16;

    private final SecretKeySpec ofAllVerbs;
    private final Map<Verb, SecretKeySpec> keys = new EnumMap<>(Verb.class);

    CallbackToken(byte[] secret) {
        if (secret.length < 16) {
            throw new IllegalArgumentException(
                    "The callback secret has %d bytes; it needs 16 or more".formatted(secret.length));
        }
        ofAllVerbs = key(secret);
        for (Verb verb : Verb.values()) {
            byte[] name = ("callback/" + verb.relation()).getBytes(StandardCharsets.UTF_8);
            keys.put(verb, key(mac(ofAllVerbs, name)));
        }
    }

    /** What a coordinator may ask for with a token. */
    enum Verb {
        COMPENSATE,
        COMPLETE,
        STATUS,
        AFTER;

        /** As in the URL, and in the header {@code Link}. */
        String relation() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    record Enlistment(SagaId sagaId, Step step) {}

    String write(Verb verb, SagaId sagaId, Step step) {
        byte[] content = (sagaId + "\n" + step).getBytes(StandardCharsets.UTF_8);
        byte[] token = Arrays.copyOf(sign(keys.get(verb), content), SIGNATURE + content.length);
        System.arraycopy(content, 0, token, SIGNATURE, content.length);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
    }

    /** @return empty for a text that this application did not sign, or not for this verb */
    Optional<Enlistment> read(Verb verb, String text) {
        byte[] token;
        try {
            token = Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        if (token.length <= SIGNATURE) {
            return Optional.empty();
        }
        byte[] content = Arrays.copyOfRange(token, SIGNATURE, token.length);
        byte[] signature = Arrays.copyOf(token, SIGNATURE);
        if (!MessageDigest.isEqual(sign(keys.get(verb), content), signature)
                && !MessageDigest.isEqual(sign(ofAllVerbs, content), signature)) {
            return Optional.empty();
        }
        String[] parts = new String(content, StandardCharsets.UTF_8).split("\n", 2);
        return Optional.of(new Enlistment(new SagaId(parts[0]), Step.parse(parts[1])));
    }

    private static byte[] sign(SecretKeySpec key, byte[] content) {
        return Arrays.copyOf(mac(key, content), SIGNATURE);
    }

    private static SecretKeySpec key(byte[] secret) {
        return new SecretKeySpec(secret, "HmacSHA256");
    }

    private static byte[] mac(SecretKeySpec key, byte[] content) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return mac.doFinal(content);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has HmacSHA256", e);
        }
    }
}
