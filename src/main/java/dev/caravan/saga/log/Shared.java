package dev.caravan.saga.log;

import dev.caravan.saga.Step;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One object in place of many that are equal. Each saga in flight has the names of its steps, their endpoints and
 * commands; there are few of those, and may be very many sagas.
 */
public final class Shared {

    /** Of each kind; beyond it, each has its own. Names that are made up as they go must not stay here for ever. */
    private static final int CAPACITY = 10_000;

    private static final Map<String, String> NAMES = new ConcurrentHashMap<>();
    private static final Map<String, Step> STEPS = new ConcurrentHashMap<>();

    private Shared() {}

    /** @return equal text; {@code null} for {@code null} */
    public static String name(String name) {
        if (name == null) {
            return null;
        }
        String known = NAMES.get(name);
        if (known == null && NAMES.size() < CAPACITY) {
            known = NAMES.putIfAbsent(name, name);
        }
        return known == null ? name : known;
    }

    /** @throws IllegalArgumentException the text is no step */
    static Step step(String text) {
        Step known = STEPS.get(text);
        if (known == null) {
            known = Step.parse(text);
            if (STEPS.size() < CAPACITY) {
                STEPS.put(text, known);
            }
        }
        return known;
    }

    /** A map of one entry needs no table. */
    static Map<String, Object> small(Map<String, Object> map) {
        if (map == null || map.isEmpty()) {
            return Map.of();
        }
        if (map.size() > 1) {
            return map;
        }
        Map.Entry<String, Object> only = map.entrySet().iterator().next();
        return Collections.singletonMap(only.getKey(), only.getValue());
    }
}
