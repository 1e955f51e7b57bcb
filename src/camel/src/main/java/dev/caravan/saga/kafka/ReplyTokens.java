package dev.caravan.saga.kafka;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Predicate;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Who answers a command has read it: it carries a token in the header {@value #HEADER}, and the reply carries it back.
 * The token is made of saga, step and a secret of the installation, so that each instance knows it, also after a
 * restart. A reply with a wrong token is refused. One without is taken, because a participant need not know of tokens,
 * unless it comes in the place of a participant that does: one in this application, or any where that is wanted.
 * Thread-safe.
 */
public final class ReplyTokens {

    /** The header of commands and replies that has the token. */
    public static final String HEADER = "saga-reply-token";

    /** The header of replies that names the service; it may be left out. */
    public static final String SERVICE_HEADER = "saga-service";

    /** Makes no token and asks for none. */
    public static final ReplyTokens NONE = new ReplyTokens(null, false);

    private static final String ALGORITHM = "HmacSHA256";
    private static final int SHORTEST = 16;

    private final @Nullable SecretKeySpec key;
    private final boolean required;
    private final Predicate<String> answersHere;

    /**
     * @param secret 16 characters or more, the same for all instances; {@code null} or blank: there are no tokens
     * @param required whether a reply without a token is refused
     */
    public ReplyTokens(@Nullable String secret, boolean required) {
        this(secret, required, service -> false);
    }

    /**
     * @param secret 16 characters or more, the same for all instances; {@code null} or blank: there are no tokens
     * @param required whether a reply without a token is refused, whoever was asked
     * @param answersHere the services whose participants this application has: they send tokens back
     */
    public ReplyTokens(@Nullable String secret, boolean required, Predicate<String> answersHere) {
        this.answersHere = answersHere;
        String given = secret == null ? "" : secret;
        boolean none = given.isBlank();
        if (none && required) {
            throw new IllegalArgumentException(
                    "caravan.replies.token-required is true, and there is no caravan.replies.secret to make tokens of");
        }
        if (!none && given.length() < SHORTEST) {
            throw new IllegalArgumentException("caravan.replies.secret has %d characters; it must have %d or more"
                    .formatted(given.length(), SHORTEST));
        }
        this.key = none ? null : new SecretKeySpec(given.getBytes(StandardCharsets.UTF_8), ALGORITHM);
        this.required = required;
    }

    /** What goes with a command. */
    void addTo(Headers headers, SagaCommand command) {
        if (key != null) {
            headers.add(HEADER, of(command.sagaId(), command.step()).getBytes(StandardCharsets.UTF_8));
        }
    }

    /** What a participant sends back: nothing to a command without a token. */
    static void answer(Headers command, Headers reply, String service) {
        Header token = command.lastHeader(HEADER);
        if (token != null) {
            reply.add(HEADER, token.value());
        }
        reply.add(SERVICE_HEADER, service.getBytes(StandardCharsets.UTF_8));
    }

    /** The service that a reply says it is from; {@code null}: it does not say. */
    static @Nullable String serviceOf(Headers reply) {
        Header header = reply.lastHeader(SERVICE_HEADER);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    /**
     * Why the reply is not believed.
     *
     * @param asked the service that the command went to; {@code null}: nobody waits for this reply
     */
    Optional<String> refusalOf(SagaReply reply, @Nullable String asked, Headers headers) {
        if (key == null) {
            return Optional.empty();
        }
        Header token = headers.lastHeader(HEADER);
        if (token == null || token.value() == null) {
            return required || asked != null && answersHere.test(asked)
                    ? Optional.of("The reply has no header " + HEADER)
                    : Optional.empty();
        }
        byte[] expected = of(reply.sagaId(), reply.step()).getBytes(StandardCharsets.UTF_8);
        return MessageDigest.isEqual(expected, token.value())
                ? Optional.empty()
                : Optional.of("The header %s is not that of a command of step %s".formatted(HEADER, reply.step()));
    }

    private String of(SagaId sagaId, Step step) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update(sagaId.value().getBytes(StandardCharsets.UTF_8));
            mac.update((byte) 0);
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(mac.doFinal(step.toString().getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every JVM has " + ALGORITHM, e);
        }
    }
}
