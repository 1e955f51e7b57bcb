package dev.caravan.saga.camel;

import dev.caravan.saga.Step;
import java.net.URI;
import java.util.Optional;
import org.apache.camel.Exchange;

/**
 * Links by which somebody who cannot log in answers a step that waits. A link is good for one step of one saga, while that
 * waits: it takes one answer, and none after the step's deadline, wherever that has been moved. It is the same again after
 * a crash. Who has it may answer, so it is to be sent to nobody else. Thread-safe.
 *
 * <p>A route has it as a bean of its context: {@code ${bean:replyLinks?method=to(*, 'approval')}}.
 */
public final class ReplyLinks {

    private static final int SHORTEST_SECRET = 16;

    private final StepTokens tokens;
    private final String base;

    /**
     * @param secret 16 bytes or more; the same for all instances and after a restart
     * @param base what stands before a token in a link
     * @throws IllegalArgumentException the secret is too short, or nobody could follow the links
     */
    public ReplyLinks(byte[] secret, URI base) {
        if (secret.length < SHORTEST_SECRET) {
            throw new IllegalArgumentException("caravan.reply-links.secret has %d bytes; it needs %d or more"
                    .formatted(secret.length, SHORTEST_SECRET));
        }
        if (base == null || !base.isAbsolute() || base.getRawQuery() != null || base.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    "caravan.reply-links.url is %s. Say where people reach this application, such as https://orders.example.com/saga-replies"
                            .formatted(base));
        }
        this.tokens = StepTokens.of(secret, "reply");
        this.base = base.toString().replaceAll("/+$", "");
    }

    /**
     * The link for a step of the exchange's saga; the step need not wait yet.
     *
     * @param step what {@code saga-await:} waits for, or the name of the step, with {@code #2} for its second occurrence
     * @throws IllegalStateException the exchange is in no saga
     */
    public String to(Exchange exchange, String step) {
        String action = LongRunningAction.of(exchange)
                .orElseThrow(() -> new IllegalStateException(
                        "There is no link to answer %s: the exchange is in no saga. Ask for it within the saga's <saga>"
                                .formatted(step)));
        int occurrence = step.indexOf('#');
        String name = Steps.name(occurrence < 0 ? step : step.substring(0, occurrence));
        Step wanted = Step.parse(occurrence < 0 ? name : name + step.substring(occurrence));
        return base + "/" + tokens.write(SagaContext.of(exchange).sagaOf(action), wanted);
    }

    /** What the token at the end of a link names; empty: it is none of ours. */
    public Optional<StepTokens.Named> read(String token) {
        return tokens.read(token);
    }
}
