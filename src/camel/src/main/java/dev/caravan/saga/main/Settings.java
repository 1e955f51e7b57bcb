package dev.caravan.saga.main;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;

/** The settings {@code caravan.*} as Camel's properties have them; a test holds the defaults against Spring Boot's. */
final class Settings {

    static final Map<String, String> DEFAULTS = Map.ofEntries(
            Map.entry("caravan.partitions", "4"),
            Map.entry("caravan.session-timeout", "10s"),
            Map.entry("caravan.start-patience", "10s"),
            Map.entry("caravan.branch-patience", "10s"),
            Map.entry("caravan.max-waiting-exchanges", "0"),
            Map.entry("caravan.route-threads", "500"),
            Map.entry("caravan.kafka-timeout", "20s"),
            Map.entry("caravan.shutdown-timeout", "15s"),
            Map.entry("caravan.log.topic", "saga-logs"),
            Map.entry("caravan.log.retention", "30d"),
            Map.entry("caravan.log.carry-after", "1d"),
            Map.entry("caravan.compensation.attempts", "8"),
            Map.entry("caravan.compensation.initial-delay", "500ms"),
            Map.entry("caravan.compensation.maximum-delay", "30s"),
            Map.entry("caravan.compensation.topic", "shared"),
            Map.entry("caravan.replies.token-required", "false"),
            Map.entry("caravan.participant.threads", "32"),
            Map.entry("caravan.participant.max-in-flight", "256"),
            Map.entry("caravan.participant.batch-size", "1"));

    private final CamelContext context;

    Settings(CamelContext context) {
        this.context = context;
    }

    /** {@code null}: it has neither a value nor a default. */
    String text(String name) {
        return context.getPropertiesComponent().resolveProperty(name).orElse(DEFAULTS.get(name));
    }

    /** @return empty: it has no value; of several with commas between them, each by itself */
    List<String> list(String name) {
        String text = text(name);
        return text == null || text.isBlank() ? List.of() : List.of(text.strip().split("\\s*,\\s*"));
    }

    int number(String name) {
        return convert(name, Integer.class);
    }

    boolean isTrue(String name) {
        return convert(name, Boolean.class);
    }

    Duration duration(String name) {
        return convert(name, Duration.class);
    }

    <E extends Enum<E>> E choice(String name, Class<E> type) {
        return convert(name, type);
    }

    private <T> T convert(String name, Class<T> type) {
        try {
            return context.getTypeConverter().mandatoryConvertTo(type, text(name));
        } catch (Exception e) {
            throw new IllegalArgumentException("%s cannot be '%s'".formatted(name, text(name)), e);
        }
    }
}
