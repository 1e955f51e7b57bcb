package dev.caravan.coordinator.log;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which partitions this instance calls the participants of: those that are assigned to it, and that it has claimed in the
 * log since. When it reads that claim, it has read all that the owner before it wrote; who reads the claim of another stops.
 * Each assignment is claimed by a name of its own: an instance that gets a partition back has not read yet what was
 * written meanwhile. A claim of an owner of former times that comes late, as of one that was frozen, is followed by
 * another one of who has the partition. As long as two may believe in it, none calls before the other would have to read:
 * who follows another that has not released the partition, or claims it over, waits that long.
 *
 * <p>The owner removes what is of no interest any more: an LRA that is over, the oldest of its records first, so that what
 * is left of it begins with nothing; and what did not count. Thread-safe.
 */
final class Claims {

    static final String KEY = "claim";
    static final String RELEASE = "release";

    private static final Logger LOGGER = LoggerFactory.getLogger(Claims.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final LraLog log;
    private final LoggedLras.Later later;
    private final String instance;
    private final IntConsumer ready;
    private final AtomicInteger assignments = new AtomicInteger();
    private final Map<Integer, String> assigned = new ConcurrentHashMap<>();
    private final Map<Integer, String> claimants = new ConcurrentHashMap<>();
    private final Map<Integer, Object> contested = new ConcurrentHashMap<>();
    private final Map<Integer, Set<String>> leftovers = new ConcurrentHashMap<>();

    /** @param ready hears of a partition whose participants may be called from now on */
    Claims(LraLog log, LoggedLras.Later later, String instance, IntConsumer ready) {
        this.log = log;
        this.later = later;
        this.instance = instance;
        this.ready = ready;
    }

    void gained(int partition) {
        String claim = instance + "/" + assignments.incrementAndGet();
        assigned.put(partition, claim);
        contested.remove(partition);
        claim(partition, claim);
    }

    private void claim(int partition, String claim) {
        if (claim.equals(assigned.get(partition)) && !isClaimed(partition)) {
            log.append(partition, KEY, bytes(claim)).exceptionally(failure -> {
                LOGGER.warn("Partition {} of the LRA log could not be claimed; trying again", partition, failure);
                later.run(() -> claim(partition, claim), PAUSE);
                return null;
            });
        }
    }

    /** It may be another's already. */
    void lost(int partition) {
        assigned.remove(partition);
    }

    /** It will be another's. Who follows need not wait: nobody is called any more after this. */
    void revoked(int partition) {
        boolean owned = owns(partition);
        String claim = assigned.remove(partition);
        if (owned) {
            log.append(partition, RELEASE, bytes(claim)).exceptionally(failure -> {
                LOGGER.info(
                        "Partition {} of the LRA log could not be released: who has it next waits", partition, failure);
                return null;
            });
        }
    }

    boolean owns(int partition) {
        return isClaimed(partition) && !contested.containsKey(partition);
    }

    private boolean isClaimed(int partition) {
        String claim = assigned.get(partition);
        return claim != null && claim.equals(claimants.get(partition));
    }

    /** @return whether it is a record of claims */
    boolean read(int partition, String key, byte[] value) {
        String claim = value == null ? "" : new String(value, StandardCharsets.UTF_8);
        if (key.equals(KEY)) {
            claimed(partition, claim);
        } else if (key.equals(RELEASE)) {
            claimants.remove(partition, claim);
        } else {
            return false;
        }
        return true;
    }

    private void claimed(int partition, String claimant) {
        String before = claimants.put(partition, claimant);
        String own = assigned.get(partition);
        if (own != null && !isClaimed(partition)) {
            contested.put(partition, new Object());
            later.run(() -> claim(partition, own), PAUSE);
        } else if (own != null && before != null && !before.startsWith(instance + "/")) {
            contested.put(partition, new Object());
        }
        Object contest = contested.get(partition);
        if (contest == null) {
            use(partition);
        } else if (isClaimed(partition)) {
            later.run(
                    () -> {
                        contested.remove(partition, contest);
                        use(partition);
                    },
                    LoggedLras.OF_LATE);
        }
    }

    private static byte[] bytes(String claim) {
        return claim.getBytes(StandardCharsets.UTF_8);
    }

    private void use(int partition) {
        clear(partition);
        if (owns(partition)) {
            ready.accept(partition);
        }
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
