package dev.caravan.saga.engine;

import java.util.HashSet;
import java.util.Set;

/** Which late replies of one saga are in its log. Few are, however many come. Thread-safe. */
final class LateReplies {

    private static final int MOST = 32;

    private Set<String> known = Set.of();

    /** @return false: it is known, or there are too many */
    synchronized boolean add(String command) {
        if (known.isEmpty()) {
            known = new HashSet<>();
        }
        return known.size() < MOST && known.add(command);
    }
}
