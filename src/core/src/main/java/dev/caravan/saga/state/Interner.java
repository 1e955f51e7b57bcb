package dev.caravan.saga.state;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One object in place of many that are equal. Each saga in flight has the names of its steps, their endpoints and
 * commands; there are few of those, and may be very many sagas. Thread-safe.
 */
public final class Interner<T> {

    private final Map<T, T> known = new ConcurrentHashMap<>();
    private final int capacity;

    /** @param capacity beyond it, each is its own: what is made up as it goes must not stay here for ever */
    public Interner(int capacity) {
        this.capacity = capacity;
    }

    /** @return one that is equal */
    public T of(T one) {
        T same = known.get(one);
        if (same == null && known.size() < capacity) {
            same = known.putIfAbsent(one, one);
        }
        return same == null ? one : same;
    }
}
