package dev.caravan.coordinator.log;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which partitions this instance calls the participants of: those that are assigned to it, and that it has claimed in the
 * log. When it reads its own claim, it has read all that the owner before it wrote; who reads the claim of another stops.
 *
 * <p>The owner removes what is of no interest any more: an LRA that is over, the oldest of its records first, so that what
 * is left of it begins with nothing; and what did not count. Thread-safe.
 */
final class Claims {

    static final String KEY = "claim";

    private static final Logger LOGGER = LoggerFactory.getLogger(Claims.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final LraLog log;
    private final LoggedLras.Later later;
    private final String instance;
    private final Set<Integer> assigned = ConcurrentHashMap.newKeySet();
    private final Map<Integer, String> claimants = new ConcurrentHashMap<>();
    private final Map<Integer, Set<String>> leftovers = new ConcurrentHashMap<>();

    Claims(LraLog log, LoggedLras.Later later, String instance) {
        this.log = log;
        this.later = later;
        this.instance = instance;
    }

    void gained(int partition) {
        assigned.add(partition);
        claim(partition);
    }

    private void claim(int partition) {
        log.append(partition, KEY, instance.getBytes(StandardCharsets.UTF_8)).exceptionally(failure -> {
            if (assigned.contains(partition)) {
                LOGGER.warn("Partition {} of the LRA log could not be claimed; trying again", partition, failure);
                later.run(() -> claim(partition), PAUSE);
            }
            return null;
        });
    }

    void lost(int partition) {
        assigned.remove(partition);
    }

    boolean owns(int partition) {
        return assigned.contains(partition) && instance.equals(claimants.get(partition));
    }

    /** @return whether it is of this instance */
    boolean claimed(int partition, byte[] claimant) {
        claimants.put(partition, new String(claimant, StandardCharsets.UTF_8));
        clear(partition);
        return owns(partition);
    }

    /** These records are of no interest any more. */
    void leave(int partition, List<String> keys) {
        Set<String> left = leftovers.computeIfAbsent(partition, first -> new LinkedHashSet<>());
        synchronized (left) {
            left.addAll(keys);
        }
        clear(partition);
    }

    /** This one is gone. */
    void removed(int partition, String key) {
        Set<String> left = leftovers.computeIfAbsent(partition, first -> new LinkedHashSet<>());
        synchronized (left) {
            left.remove(key);
        }
    }

    private void clear(int partition) {
        if (!owns(partition)) {
            return;
        }
        Set<String> left = leftovers.computeIfAbsent(partition, first -> new LinkedHashSet<>());
        List<String> all;
        synchronized (left) {
            all = new ArrayList<>(left);
            left.clear();
        }
        all.forEach(key -> log.append(partition, key, null));
    }
}
