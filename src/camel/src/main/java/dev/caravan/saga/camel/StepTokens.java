package dev.caravan.saga.camel;

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
 * Names a step of a saga in a URL: both, signed (HMAC-SHA-256, 128 bits of it), as base64url, so that nobody can garble it
 * and nobody else can make one. A token is good for the purpose that it was signed for. Thread-safe.
 */
public final class StepTokens {

    private static final int SIGNATURE = 16;
    private static final int LONGEST = 1000;

    private final SecretKeySpec key;

    private StepTokens(SecretKeySpec key) {
        this.key = key;
    }

    /** A step, as a token names it. */
    public record Named(SagaId sagaId, Step step) {}

    /** Signed with the secret itself: good for every purpose that takes it. */
    public static StepTokens of(byte[] secret) {
        return new StepTokens(new SecretKeySpec(secret, "HmacSHA256"));
    }

    /** Signed with a key of the purpose, which is made of the secret. */
    public static StepTokens of(byte[] secret, String purpose) {
        return of(of(secret).mac(purpose.getBytes(StandardCharsets.UTF_8)));
    }

    public String write(SagaId sagaId, Step step) {
        byte[] content = (sagaId + "\n" + step).getBytes(StandardCharsets.UTF_8);
        byte[] token = Arrays.copyOf(sign(content), SIGNATURE + content.length);
        System.arraycopy(content, 0, token, SIGNATURE, content.length);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
    }

    /** @return empty for a text that was not signed with this key */
    public Optional<Named> read(String text) {
        if (text.length() > LONGEST) {
            return Optional.empty();
        }
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
        return Optional.of(new Named(new SagaId(parts[0]), Step.parse(parts[1])));
    }

    private byte[] sign(byte[] content) {
        return Arrays.copyOf(mac(content), SIGNATURE);
    }

    private byte[] mac(byte[] content) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return mac.doFinal(content);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has HmacSHA256", e);
        }
    }
}
