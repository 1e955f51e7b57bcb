package dev.caravan.saga.camel;

import java.util.Map;
import java.util.Optional;

/** Settings that were called otherwise. The old name is read, with a warning, for one minor version. */
public final class RenamedSettings {

    private static final Map<String, String> NEW_NAMES = Map.of(
            "caravan.start-patience", "caravan.start-timeout",
            "caravan.branch-patience", "caravan.branch-timeout",
            "caravan.lra.callback-patience", "caravan.lra.callback-timeout");

    private RenamedSettings() {}

    /** What each is called now, by its old name. */
    public static Map<String, String> newNames() {
        return NEW_NAMES;
    }

    /** What a setting was called. */
    public static Optional<String> oldNameOf(String name) {
        return NEW_NAMES.entrySet().stream()
                .filter(renamed -> renamed.getValue().equals(name))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** What whoever uses the old name is told. */
    public static String warning(String oldName) {
        return "The setting %s is called %s now: rename it. The old name is read in this minor version, and not in the next"
                .formatted(oldName, NEW_NAMES.get(oldName));
    }
}
