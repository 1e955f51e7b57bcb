package dev.caravan.saga.camel;

import java.util.Locale;
import org.apache.camel.CamelContext;

/** What becomes of a start while nobody can decide how the saga will end, because its coordinator does not answer: the setting. */
public final class KeptStarts {

    private static final String SETTING = "caravan.start";

    private KeptStarts() {}

    /** What becomes of such a start. */
    public enum Policy {
        /** It fails: nothing was started. */
        REFUSE,
        /** The saga is accepted in the log, and begins when the coordinator is there. */
        DURABLE
    }

    /** True where such a start is kept. */
    public static boolean areOn(CamelContext context) {
        String set = context.getPropertiesComponent().resolveProperty(SETTING).orElse(Defaults.START);
        return switch (set.strip().toLowerCase(Locale.ROOT)) {
            case "refuse" -> false;
            case "durable" -> true;
            default -> throw new IllegalArgumentException("%s is '%s'. Say refuse or durable".formatted(SETTING, set));
        };
    }

    /** @throws IllegalArgumentException the setting is neither refuse nor durable */
    static void check(CamelContext context) {
        areOn(context);
    }
}
