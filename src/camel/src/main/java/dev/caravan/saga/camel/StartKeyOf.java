package dev.caravan.saga.camel;

import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;

/**
 * The key with which an exchange starts a saga: what the option {@code caravan.key} of the {@code <saga>} block says, else
 * the header {@code CaravanSagaKey}, else, if {@code caravan.start-key} is {@code message}, what the message is told apart
 * by where it comes from. Thread-safe.
 */
public final class StartKeyOf {

    static final String SETTING = "caravan.start-key";

    private final CamelContext context;
    private volatile @Nullable Policy policy;

    /** What a key is. */
    public enum Policy {

        /** A saga is found by it, and there may be several. */
        LABEL,

        /** There is one saga for each. */
        UNIQUE,

        /** There is one saga for each, and each message has one. */
        MESSAGE
    }

    public StartKeyOf(CamelContext context) {
        this.context = context;
    }

    /** True where there is one saga for each key. */
    public boolean isUnique() {
        return policy() != Policy.LABEL;
    }

    /** @return {@code null}: it has none */
    public @Nullable String of(Exchange exchange) {
        return Optional.ofNullable(declared(exchange))
                .or(() -> Optional.ofNullable(policy() == Policy.MESSAGE ? ofMessage(exchange.getIn()) : null))
                .orElse(null);
    }

    /** What its route or its message says. */
    static @Nullable String declared(Exchange exchange) {
        BlockRun run = SagaContext.of(exchange).block();
        String key = run == null ? null : run.block().key(exchange);
        String header = exchange.getIn().getHeader(SagaConstants.SAGA_KEY, String.class);
        String known = key == null ? header : key;
        return known == null || known.isBlank() ? null : known;
    }

    private static @Nullable String ofMessage(Message message) {
        return Stream.of(
                        text(message, "Idempotency-Key"),
                        text(message, "JMSMessageID"),
                        all(message, "kafka.TOPIC", "kafka.PARTITION", "kafka.OFFSET"),
                        all(message, "CamelFileName", "CamelFileLength", "CamelFileLastModified"))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private static @Nullable String all(Message message, String... headers) {
        return Stream.of(headers).allMatch(header -> text(message, header) != null)
                ? Stream.of(headers).map(header -> text(message, header)).collect(Collectors.joining("-"))
                : null;
    }

    private static @Nullable String text(Message message, String header) {
        String text = message.getHeader(header, String.class);
        return text == null || text.isBlank() ? null : text;
    }

    private Policy policy() {
        if (policy == null) {
            policy = parse(
                    context.getPropertiesComponent().resolveProperty(SETTING).orElse(Defaults.START_KEY));
        }
        return policy;
    }

    /** @throws IllegalArgumentException it is none of label, unique and message */
    static void check(CamelContext context) {
        parse(context.getPropertiesComponent().resolveProperty(SETTING).orElse(Defaults.START_KEY));
    }

    /**
     * How long keys are kept.
     *
     * @throws IllegalArgumentException the log would forget a saga before its key
     */
    public static Duration retention(Duration keys, Duration carryAfter, Duration log) {
        if (keys.isNegative() || keys.plus(carryAfter).compareTo(log) >= 0) {
            throw new IllegalArgumentException(
                    "%s-retention is %s. Say 0 or more, and with caravan.log.carry-after (%s) less than caravan.log.retention (%s): the log says which keys there are"
                            .formatted(SETTING, keys, carryAfter, log));
        }
        return keys;
    }

    private static Policy parse(String text) {
        try {
            return Policy.valueOf(text.strip().toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("%s is '%s'. Say label, unique or message".formatted(SETTING, text), e);
        }
    }
}
