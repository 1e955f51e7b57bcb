package dev.caravan.saga.spring;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The latest change of each saga that changed lately, each with an id, so that a client that lost its stream is told what it
 * missed. Ids are those of this process: one of another is not known here. Thread-safe.
 */
final class RecentChanges {

    private static final int MOST = 1000;

    private final String process = UUID.randomUUID().toString();
    private final Map<String, Change> latest = new LinkedHashMap<>();
    private long number;
    private long forgotten;

    /** @param line of the list, as it is now */
    record Change(String sagaId, String id, long number, ObjectNode line) {}

    /** @return empty if that is what was told of the saga before */
    synchronized Optional<Change> add(ObjectNode line) {
        String sagaId = line.path("sagaId").asText();
        Change before = latest.get(sagaId);
        if (before != null && before.line().equals(line)) {
            return Optional.empty();
        }
        number++;
        Change change = new Change(sagaId, process + "/" + number, number, line);
        latest.remove(sagaId);
        latest.put(sagaId, change);
        if (latest.size() > MOST) {
            Change eldest = latest.values().iterator().next();
            forgotten = eldest.number();
            latest.remove(eldest.sagaId());
        }
        return Optional.of(change);
    }

    /** Somebody may have missed something from now on. */
    synchronized void forget() {
        latest.clear();
        forgotten = ++number;
    }

    /** @return what a client missed that was told this id last; empty: that is not known, it has to look at everything */
    synchronized Optional<List<Change>> since(String id) {
        int slash = id.lastIndexOf('/');
        if (slash < 0
                || !id.substring(0, slash).equals(process)
                || !id.substring(slash + 1).matches("[0-9]{1,18}")) {
            return Optional.empty();
        }
        long heard = Long.parseLong(id.substring(slash + 1));
        if (heard < forgotten) {
            return Optional.empty();
        }
        List<Change> missed = new ArrayList<>(latest.values());
        missed.removeIf(change -> change.number() <= heard);
        return Optional.of(missed);
    }
}
