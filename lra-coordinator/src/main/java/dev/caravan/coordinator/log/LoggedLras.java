package dev.caravan.coordinator.log;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.microprofile.lra.annotation.LRAStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A coordinator of LRAs that are in the log. Any instance takes any request: it writes an entry, and answers when it has
 * read it back, by what the fold made of it. The participants of an LRA are called by the instance that {@linkplain Claims
 * owns} its partition.
 *
 * <p>What was answered is in the log. An instance that dies leaves its partitions to others, which go on with what the log
 * says: a participant whose answer was not written yet is called again. Thread-safe.
 */
public final class LoggedLras implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(LoggedLras.class);
    static final Duration OF_LATE = Duration.ofSeconds(2);

    private final LraLog log;
    private final Clock clock;
    private final Clock steady;
    private final Claims claims;
    private final CallRuns runs;
    private final Later later;
    private final LraEntryCodec codec = new LraEntryCodec();
    private final Watches watches = new Watches();
    private final Map<String, Family> families = new ConcurrentHashMap<>();
    private final Map<String, Written> written = new ConcurrentHashMap<>();
    private final Map<Integer, Instant> readUntil = new ConcurrentHashMap<>();

    /** What is to be read back. */
    private record Written(Instant at, CompletableFuture<Folded> readBack) {}

    /** Runs something after a while. */
    @FunctionalInterface
    public interface Later {
        void run(Runnable task, Duration delay);
    }

    /**
     * @param steady only goes on, also while the process is frozen
     * @param instance its name, which no other one has or had
     */
    public LoggedLras(LraLog log, Clock clock, Clock steady, Later later, String instance, CallSettings settings) {
        this.log = log;
        this.clock = clock;
        this.steady = steady;
        this.later = later;
        this.claims = new Claims(log, later, instance, this::goOn);
        this.runs = new CallRuns(this, clock, later, settings);
    }

    /** Reads the log. Blocks until all that is in it now is known. */
    public void open() {
        log.open(new LraLog.Reader() {
            @Override
            public void read(int partition, String key, byte[] value) {
                LoggedLras.this.read(partition, key, value);
            }

            @Override
            public void gained(int partition) {
                claims.gained(partition);
            }

            @Override
            public void lost(int partition) {
                claims.lost(partition);
            }

            @Override
            public void revoked(int partition) {
                claims.revoked(partition);
            }
        });
    }

    @Override
    public void close() {
        log.close();
        runs.close();
    }

    /** What a new LRA is called that is nested in the parent; {@code null}: in none. */
    public String nextUid(String parent) {
        return LraUid.next(parent);
    }

    /** @return completes when the entry was read back; fails when it may not be in the log */
    public CompletableFuture<Folded> write(String uid, LraEvent event) {
        CompletableFuture<Folded> readBack = new CompletableFuture<>();
        String key = LraUid.root(uid) + "/" + UUID.randomUUID().toString().substring(0, 18);
        written.put(key, new Written(steady.instant(), readBack));
        log.append(partitionOf(uid), key, codec.encode(new LraEntry(uid, clock.millis(), event)))
                .whenComplete((durable, failure) -> {
                    if (failure != null) {
                        written.remove(key);
                        readBack.completeExceptionally(failure);
                    }
                });
        return readBack.whenComplete((folded, failure) -> written.remove(key));
    }

    /** @return completes with the status when it was decided and all calls that may be made for that were, once */
    public CompletableFuture<LRAStatus> expectEnd(String uid) {
        CompletableFuture<LRAStatus> status = watches.expect(uid);
        return status.whenComplete((end, failure) -> watches.forget(uid, status));
    }

    /** As far as this instance has read; {@code null}: nothing is known of it. */
    public Lra find(String uid) {
        Family family = families.get(LraUid.root(uid));
        return family == null ? null : family.find(uid);
    }

    /** As far as this instance has read. */
    public List<Lra> all() {
        return families.values().stream()
                .map(Family::all)
                .flatMap(Collection::stream)
                .toList();
    }

    /** Has participants called that are not done. Completes when each was, or the instance that calls it has been asked. */
    public CompletableFuture<Void> recover() {
        return CompletableFuture.allOf(families.entrySet().stream()
                .map(each -> isMine(each.getKey()) ? runs.start(each.getKey()) : ask(each.getValue()))
                .toArray(CompletableFuture[]::new));
    }

    /** By what was decided, once more: it changes nothing, and who calls begins anew. */
    private CompletableFuture<Void> ask(Family family) {
        return CompletableFuture.allOf(family.all().stream()
                .filter(Lra::isEnding)
                .map(lra -> write(lra.uid(), lra.isForward() ? new LraEvent.Close() : new LraEvent.Cancel()))
                .toArray(CompletableFuture[]::new));
    }

    Family family(String root) {
        return families.get(root);
    }

    /**
     * Whether this instance knows of an LRA all that was written until of late. What it reads says nothing of that: after
     * a freeze it may be what has waited since before. What it has written itself and reads back does.
     */
    public boolean hasReadOfLate(String uid) {
        Instant until = readUntil.get(partitionOf(uid));
        return until != null && steady.instant().isBefore(until.plus(OF_LATE));
    }

    /** Whether the log takes an entry and gives it back within this time, or has of late. */
    public boolean hasRead(Duration patience) throws InterruptedException {
        String uid = nextUid(null);
        try {
            if (!hasReadOfLate(uid)) {
                write(uid, new LraEvent.Look()).get(patience.toMillis(), TimeUnit.MILLISECONDS);
            }
            return true;
        } catch (ExecutionException | TimeoutException e) {
            LOGGER.debug("The LRA log does not answer", e);
            return false;
        }
    }

    boolean isMine(String uid) {
        return claims.owns(partitionOf(uid));
    }

    private int partitionOf(String uid) {
        return Math.floorMod(LraUid.root(uid).hashCode(), log.partitions());
    }

    private void read(int partition, String key, byte[] value) {
        if (claims.read(partition, key, value)) {
            return;
        }
        if (value == null) {
            claims.removed(partition, key);
        } else {
            try {
                fold(partition, key, codec.decode(value));
            } catch (IOException e) {
                LOGGER.warn("Skipped record {} in partition {} of the LRA log: {}", key, partition, e.getMessage());
                claims.leave(partition, List.of(key));
            } catch (RuntimeException e) {
                LOGGER.error("Record {} in partition {} of the LRA log met an unexpected error", key, partition, e);
            }
        }
    }

    private void goOn(int partition) {
        families.forEach((root, family) -> {
            if (partitionOf(root) == partition) {
                family.all().forEach(this::watchLimit);
                runs.start(root);
            }
        });
    }

    private void fold(int partition, String key, LraEntry entry) {
        String root = LraUid.root(entry.lra());
        if (partitionOf(root) != partition) {
            throw new IllegalStateException("LRA %s belongs in partition %d of %d. Were partitions added to the topic?"
                    .formatted(root, partitionOf(root), log.partitions()));
        }
        Written own = written.get(key);
        if (own != null) {
            readUntil.merge(partition, own.at(), (before, at) -> at.isAfter(before) ? at : before);
        }
        Folded folded = Family.fold(families.get(root), key, entry);
        Family family = folded.family();
        if (!folded.counts()) {
            claims.leave(partition, List.of(key));
        } else if (family.isOver()) {
            families.remove(root);
            claims.leave(partition, family.keys());
        } else {
            families.put(root, family);
        }
        if (family != null) {
            watches.changed(root, family);
            if (isMine(root)) {
                act(root, family, entry);
            }
        }
        if (own != null) {
            own.readBack().complete(folded);
        }
    }

    /** What a run of calls has written itself, it goes on from itself; who looks changes nothing. */
    private void act(String root, Family family, LraEntry entry) {
        LraEvent event = entry.event();
        if (event instanceof LraEvent.Start || event instanceof LraEvent.Join || event instanceof LraEvent.Renew) {
            watchLimit(family.find(entry.lra()));
        }
        boolean ofARun = event instanceof LraEvent.Answer
                || event instanceof LraEvent.Told
                || event instanceof LraEvent.Forgot
                || event instanceof LraEvent.Look;
        if (!ofARun && !Due.in(family).isEmpty()) {
            runs.start(root);
        }
    }

    private void watchLimit(Lra lra) {
        if (lra != null && lra.limit() > 0 && lra.status() == LRAStatus.Active) {
            long left = Math.max(0, lra.limit() - clock.millis());
            later.run(() -> expire(lra.uid(), lra.limit()), Duration.ofMillis(left));
        }
    }

    private void expire(String uid, long limit) {
        Lra lra = find(uid);
        if (lra == null || lra.status() != LRAStatus.Active || lra.limit() != limit || !isMine(uid)) {
            return;
        }
        if (limit > clock.millis()) {
            watchLimit(lra); // the clock was set back
        } else {
            LOGGER.info("LRA {} has reached its time limit and is cancelled", lra.id());
            write(uid, new LraEvent.Expire(limit)).exceptionally(failure -> {
                LOGGER.warn("LRA {} could not be cancelled at its time limit; trying again", lra.id(), failure);
                later.run(() -> expire(uid, limit), Duration.ofSeconds(1));
                return null;
            });
        }
    }
}
