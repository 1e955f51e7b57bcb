package dev.caravan.saga.state;

import java.util.Locale;
import java.util.regex.Pattern;

/** The names of events on the wire, from those of their records. */
final class EventTypes {

    private static final Pattern CAMEL_HUMP = Pattern.compile("(?<=[a-z])(?=[A-Z])");

    private static final ClassValue<String> NAMES = new ClassValue<>() {
        @Override
        protected String computeValue(Class<?> event) {
            return CAMEL_HUMP.matcher(event.getSimpleName()).replaceAll("_").toUpperCase(Locale.ROOT);
        }
    };

    private EventTypes() {}

    static String of(Class<? extends SagaEvent> event) {
        return NAMES.get(event);
    }
}
