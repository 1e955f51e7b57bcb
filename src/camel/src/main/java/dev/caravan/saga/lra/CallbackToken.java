package dev.caravan.saga.lra;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Names one enlistment in a callback URL: saga and step, signed (HMAC-SHA-256, 128 bits of it), as base64url, so that no
 * coordinator can garble it and nobody else can make one. Everything else about the enlistment is in the saga log.
 */
final class CallbackToken {

    private static final int SIGNATURE = 16;

    private final SecretKeySpec key;

    CallbackToken(byte[] secret) {
        if (secret.length < 16) {
            throw new IllegalArgumentException(
                    "The callback secret has %d bytes; it needs 16 or more".formatted(secret.length));
        }
        this.key = new SecretKeySpec(secret, "HmacSHA256");
    }

    record Enlistment(SagaId sagaId, Step step) {}

    String write(SagaId sagaId, Step step) {
        byte[] content = (sagaId + "\n" + step).getBytes(StandardCharsets.UTF_8);
        byte[] token = Arrays.copyOf(sign(content), SIGNATURE + content.length);
        System.arraycopy(content, 0, token, SIGNATURE, content.length);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
    }

    /** @return empty for a text that this application did not sign */
    Optional<Enlistment> read(String text) {
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
        if (!MessageDigest.isEqual(sign(content), Arrays.copyOf(token, SIGNATURE))) {
            return Optional.empty();
        }
        String[] parts = new String(content, StandardCharsets.UTF_8).split("\n", 2);
        return Optional.of(new Enlistment(new SagaId(parts[0]), Step.parse(parts[1])));
    }

    private byte[] sign(byte[] content) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return Arrays.copyOf(mac.doFinal(content), SIGNATURE);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has HmacSHA256", e);
        }
    }
}
