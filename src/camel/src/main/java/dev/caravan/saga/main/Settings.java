package dev.caravan.saga.main;

import dev.caravan.saga.camel.Defaults;
import dev.caravan.saga.camel.RenamedSettings;
import dev.caravan.saga.message.SensitiveFields;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The settings {@code caravan.*} as Camel's properties have them; a test holds the defaults against Spring Boot's. */
final class Settings {

    static final Set<String> WITHOUT_DEFAULT = Set.of(
            "caravan.coordinator",
            "caravan.instance-id",
            "caravan.credential-headers",
            "caravan.events.topics",
            "caravan.replies.secret",
            "caravan.sensitive-fields",
            "caravan.sensitive-keys",
            "caravan.sensitive-keys-file",
            "caravan.serializable-types");

    private static final Logger LOGGER = LoggerFactory.getLogger(Settings.class);

    private final CamelContext context;
    private final Set<String> warned = new HashSet<>();

    Settings(CamelContext context) {
        this.context = context;
    }

    /** {@code null}: it has neither a value nor a default. */
    @Nullable
    String text(String name) {
        if (!Defaults.BY_SETTING.containsKey(name) && !WITHOUT_DEFAULT.contains(name)) {
            throw new IllegalArgumentException(name + " is no setting of Caravan");
        }
        return context.getPropertiesComponent()
                .resolveProperty(name)
                .or(() -> RenamedSettings.oldNameOf(name).flatMap(this::byOldName))
                .orElse(Defaults.BY_SETTING.get(name));
    }

    private Optional<String> byOldName(String oldName) {
        Optional<String> value = context.getPropertiesComponent().resolveProperty(oldName);
        if (value.isPresent() && warned.add(oldName)) {
            LOGGER.warn(RenamedSettings.warning(oldName));
        }
        return value;
    }

    /** @return empty: it has no value; of several with commas between them, each by itself */
    List<String> list(String name) {
        String text = text(name);
        return text == null || text.isBlank() ? List.of() : List.of(text.strip().split("\\s*,\\s*"));
    }

    SensitiveFields sensitiveFields() {
        return SensitiveFields.of(
                list("caravan.sensitive-fields"), list("caravan.sensitive-keys"), text("caravan.sensitive-keys-file"));
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
