package dev.caravan.saga.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Immutable lists of a few things, one or none most of the time. There are some for each saga in flight, and many sagas:
 * an empty list is one object for all of them, where a map of its own would be there for each.
 */
final class SmallLists {

    private SmallLists() {}

    /** @return the first that is wanted; {@code null}: none is */
    static <T> @Nullable T find(List<T> all, Predicate<T> wanted) {
        for (T one : all) {
            if (wanted.test(one)) {
                return one;
            }
        }
        return null;
    }

    static <T> List<T> plus(List<T> all, T more) {
        if (all.isEmpty()) {
            return List.of(more);
        }
        if (all.size() == 1) {
            return List.of(all.get(0), more);
        }
        List<T> longer = new ArrayList<>(all);
        longer.add(more);
        return List.copyOf(longer);
    }

    /** Without one of them, if it is among them. */
    static <T> List<T> minus(List<T> all, T one) {
        if (all.size() == 1) {
            return all.get(0).equals(one) ? List.of() : all;
        }
        List<T> shorter = new ArrayList<>(all);
        shorter.remove(one);
        return List.copyOf(shorter);
    }
}
