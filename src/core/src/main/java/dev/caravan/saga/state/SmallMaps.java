package dev.caravan.saga.state;

import java.util.Collections;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Maps of one entry at most, without a table: most steps have one option and one command. */
public final class SmallMaps {

    private SmallMaps() {}

    /** @return the same map if it has several entries; an empty one for {@code null} */
    static <T> Map<String, T> of(@Nullable Map<String, T> map) {
        if (map == null || map.isEmpty()) {
            return Map.of();
        }
        if (map.size() > 1) {
            return map;
        }
        Map.Entry<String, T> only = map.entrySet().iterator().next();
        return of(only.getKey(), only.getValue());
    }

    /** Both may be {@code null}, as in any log. */
    public static <T> Map<String, T> of(@Nullable String key, @Nullable T value) {
        return key == null || value == null ? Collections.singletonMap(key, value) : Map.of(key, value);
    }
}
