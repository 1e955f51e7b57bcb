package dev.caravan.saga.message;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The keys of an installation, each with an id. The first one encrypts, all decrypt. A value is
 * {@code enc:v1:<key id>:<base64url of nonce, ciphertext and tag>} (AES-GCM, a nonce of 96 random bits, a tag of 128 bits);
 * the name of its field is authenticated with it, so that it cannot be passed off as another field. Thread-safe.
 */
final class FieldKeys {

    static final String PREFIX = "enc:v1:";

    private static final Pattern ENTRY = Pattern.compile("([A-Za-z0-9._-]{1,32})[:=](\\S+)");
    private static final Pattern SEALED = Pattern.compile("enc:v1:([A-Za-z0-9._-]{1,32}):([A-Za-z0-9_-]{38,})");
    private static final String CIPHER = "AES/GCM/NoPadding";
    private static final int NONCE = 12;
    private static final int TAG_BITS = 128;

    private final Map<String, SecretKeySpec> keys = new LinkedHashMap<>();
    private final SecureRandom random = new SecureRandom();

    /**
     * @param entries as {@code id:key}, the key in base64; the newest first
     * @throws IllegalArgumentException one is malformed; the text does not repeat it
     */
    FieldKeys(Collection<String> entries) {
        int number = 0;
        for (String entry : entries) {
            number++;
            Matcher parts = ENTRY.matcher(entry.strip());
            if (!parts.matches()) {
                throw wrong(number, "is not of the form id:key");
            }
            if (keys.put(parts.group(1), key(number, parts.group(2))) != null) {
                throw wrong(number, "has the id %s of another one".formatted(parts.group(1)));
            }
        }
    }

    private static SecretKeySpec key(int number, String text) {
        byte[] key;
        try {
            key = Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw wrong(number, "has a key that is no base64");
        }
        if (key.length != 16 && key.length != 32) {
            throw wrong(number, "has a key of %d bytes; it needs 32, or 16".formatted(key.length));
        }
        return new SecretKeySpec(key, "AES");
    }

    private static IllegalArgumentException wrong(int number, String what) {
        return new IllegalArgumentException("Entry %d of caravan.sensitive-keys %s".formatted(number, what));
    }

    boolean isEmpty() {
        return keys.isEmpty();
    }

    /** The key that a value was encrypted with; empty for a text that is no such value. */
    static Optional<String> keyOf(String text) {
        Matcher parts = SEALED.matcher(text);
        return parts.matches() ? Optional.of(parts.group(1)) : Optional.empty();
    }

    boolean has(String keyId) {
        return keys.containsKey(keyId);
    }

    String seal(String field, byte[] value) {
        Map.Entry<String, SecretKeySpec> newest = keys.entrySet().iterator().next();
        byte[] nonce = new byte[NONCE];
        random.nextBytes(nonce);
        try {
            byte[] sealed =
                    cipher(Cipher.ENCRYPT_MODE, newest.getValue(), nonce, field).doFinal(value);
            byte[] all = ByteBuffer.allocate(NONCE + sealed.length)
                    .put(nonce)
                    .put(sealed)
                    .array();
            return PREFIX + newest.getKey() + ":"
                    + Base64.getUrlEncoder().withoutPadding().encodeToString(all);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has " + CIPHER, e);
        }
    }

    /** @return empty: there is no such key, or the value was not made with it for this field */
    Optional<byte[]> open(String field, String text) {
        Matcher parts = SEALED.matcher(text);
        SecretKeySpec key = parts.matches() ? keys.get(parts.group(1)) : null;
        if (key == null) {
            return Optional.empty();
        }
        try {
            byte[] all = Base64.getUrlDecoder().decode(parts.group(2));
            byte[] nonce = Arrays.copyOf(all, NONCE);
            return Optional.of(cipher(Cipher.DECRYPT_MODE, key, nonce, field).doFinal(all, NONCE, all.length - NONCE));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Cipher cipher(int mode, SecretKeySpec key, byte[] nonce, String field)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(CIPHER);
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(field.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }
}
