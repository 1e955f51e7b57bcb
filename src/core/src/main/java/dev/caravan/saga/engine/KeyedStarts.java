package dev.caravan.saga.engine;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.engine.KeyHolders.Holder;
import dev.caravan.saga.engine.KeyHolders.Seen;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Starts with a key, in one partition that this instance owns: of one key, one saga. What the log says of keys from before
 * this instance came is read when a start needs it first. A saga has its key by log order: one that another instance began
 * before it knew that it had lost the partition does not get it, and is not run.
 *
 * <p>Thread-safe; calls nobody while it holds its lock.
 */
public final class KeyedStarts {

    private final SagaHost host;
    private final String instance;
    private final Duration retention;
    private final int partition;
    private final KeyHolders holders;
    private final Map<SagaId, CompletableFuture<Begun>> atWork = new HashMap<>();
    private @Nullable CompletableFuture<Void> history;

    /** @param instance its name */
    KeyedStarts(SagaHost host, String instance, Duration retention, int partition) {
        this.instance = instance;
        this.host = host;
        this.retention = retention;
        this.partition = partition;
        this.holders = new KeyHolders(retention);
    }

    /**
     * Starts a saga, unless its key has one. What comes with the same key meanwhile waits for that.
     *
     * @return completes when START is durable, or that of an earlier one is; fails with {@link KeyTakenException} when that
     *     one has another body
     */
    CompletableFuture<Begun> start(SagaId base, SagaEvent.Start event) {
        CompletableFuture<Begun> mine = new CompletableFuture<>();
        CompletableFuture<Begun> other;
        synchronized (this) {
            other = atWork.putIfAbsent(base, mine);
        }
        if (other != null) {
            return other.handle((begun, failure) -> failure).thenCompose(done -> start(base, event));
        }
        return history().thenCompose(read -> decide(base, event)).whenComplete((begun, failure) -> {
            synchronized (this) {
                atWork.remove(base);
            }
            mine.complete(begun);
        });
    }

    private CompletableFuture<Begun> decide(SagaId base, SagaEvent.Start event) {
        return holder(base).thenCompose(holder -> {
            if (holder.isEmpty()) {
                return begin(base, event);
            }
            Seen seen = Objects.requireNonNull(holder.get().seen(), "It was looked at");
            return seen.digest() == StartKey.digest(event.body())
                    ? CompletableFuture.completedFuture(new Begun(holder.get().saga(), null, seen.status()))
                    : CompletableFuture.failedFuture(
                            new KeyTakenException(holder.get().saga(), event.name(), event.key()));
        });
    }

    private CompletableFuture<Begun> begin(SagaId base, SagaEvent.Start event) {
        SagaId id = StartKey.next(base, host.now(), instance, near -> host.log().partitionOf(near) == partition);
        return host.scheduled().open(id, event).thenCompose(opened -> begin(base, id, opened));
    }

    private CompletableFuture<Begun> begin(SagaId base, SagaId id, SagaEvent.Start opened) {
        CompletableFuture<LiveSaga> begun = host.begin(id, opened);
        begun.exceptionally(failure -> {
            if (!(Causes.of(failure) instanceof SagaStartNotKnownException)) {
                host.recovery().notBegun(opened);
            }
            return null;
        });
        return begun.thenCompose(saga -> {
            if (offer(base, id)) {
                return CompletableFuture.completedFuture(new Begun(id, saga, null));
            }
            host.takeover().release(id);
            return decide(base, opened);
        });
    }

    /** Who has the key now, as it is now; empty: nobody has. */
    private CompletableFuture<Optional<Holder>> holder(SagaId base) {
        Holder known;
        synchronized (this) {
            known = holders.of(base);
        }
        if (known == null || known.seen() != null) {
            return CompletableFuture.completedFuture(
                    Optional.ofNullable(known).filter(holder -> !holders.isOver(holder.seen(), host.now())));
        }
        return look(known.saga()).thenApply(state -> {
            if (state.start() == null) {
                synchronized (this) {
                    holders.forget(base, known.saga());
                }
                return Optional.empty();
            }
            Seen seen = Seen.of(state);
            if (seen.isEnd()) {
                synchronized (this) {
                    holders.ended(base, known.saga(), seen);
                }
            }
            return Optional.of(new Holder(known.saga(), seen)).filter(holder -> !holders.isOver(seen, host.now()));
        });
    }

    private CompletableFuture<SagaState> look(SagaId saga) {
        Optional<SagaState> known =
                host.live(saga).map(LiveSaga::state).or(() -> host.ownership().inFlight(saga));
        return known.isPresent()
                ? CompletableFuture.completedFuture(known.get())
                : CompletableFuture.supplyAsync(
                        () -> SagaState.replay(saga, host.log().readSince(saga, StartKey.beforeStart(saga))),
                        host.threads().workers());
    }

    private synchronized boolean offer(SagaId base, SagaId saga) {
        return holders.offer(base, saga);
    }

    /** A START, or a state that was carried forward, was read. */
    void began(SagaId saga) {
        StartKey.baseOf(saga).ifPresent(base -> offer(base, saga));
    }

    /** The end of a saga was read. */
    void ended(SagaState state) {
        StartKey.baseOf(state.sagaId()).ifPresent(base -> {
            Seen seen = Seen.of(state);
            synchronized (this) {
                holders.ended(base, state.sagaId(), seen.isEnd() ? seen : null);
            }
        });
    }

    /**
     * Whether a saga that is taken over, and has done nothing yet, is the one of its key.
     *
     * @return completes with that one if it is another
     */
    CompletableFuture<Optional<SagaId>> otherThan(SagaId saga) {
        SagaId base = StartKey.baseOf(saga).orElseThrow();
        return history().thenCompose(read -> {
            synchronized (this) {
                if (holders.offer(base, saga)) {
                    return CompletableFuture.completedFuture(Optional.empty());
                }
            }
            return holder(base).thenApply(holder -> offer(base, saga) ? Optional.empty() : holder.map(Holder::saga));
        });
    }

    /** True for what was asked so long ago that its saga may have lost the key again. */
    boolean isForgotten(Instant askedAt) {
        return askedAt.plus(retention).isBefore(host.now());
    }

    private CompletableFuture<Void> history() {
        CompletableFuture<Void> read;
        synchronized (this) {
            if (history != null && !history.isCompletedExceptionally()) {
                return history;
            }
            read = new CompletableFuture<>();
            history = read;
        }
        CompletableFuture.supplyAsync(this::ids, host.threads().workers())
                .thenCompose(this::take)
                .whenComplete((done, failure) -> {
                    if (failure == null) {
                        read.complete(null);
                    } else {
                        read.completeExceptionally(failure);
                    }
                });
        return read;
    }

    private Set<SagaId> ids() {
        Set<SagaId> ids = new LinkedHashSet<>();
        host.log().idsSince(partition, host.now().minus(retention).minus(StartKey.CLOCKS_DIFFER), saga -> {
            if (StartKey.baseOf(saga).isPresent()) {
                ids.add(saga);
            }
        });
        return ids;
    }

    /** Of several sagas with one key, which are rare, it is looked for which had it and which came too early. */
    private CompletableFuture<Void> take(Set<SagaId> ids) {
        Map<SagaId, Set<SagaId>> byBase = new HashMap<>();
        ids.forEach(id -> byBase.computeIfAbsent(StartKey.baseOf(id).orElseThrow(), base -> new LinkedHashSet<>())
                .add(id));
        CompletableFuture<Void> taken = CompletableFuture.completedFuture(null);
        for (Map.Entry<SagaId, Set<SagaId>> key : byBase.entrySet()) {
            Holder known;
            synchronized (this) {
                known = holders.of(key.getKey());
                if (known == null && key.getValue().size() == 1) {
                    holders.offer(key.getKey(), key.getValue().iterator().next());
                }
            }
            if (known != null) {
                key.getValue().add(known.saga());
            }
            if (key.getValue().size() > 1) {
                taken = taken.thenCompose(done -> inTurn(key.getKey(), key.getValue()));
            }
        }
        return taken;
    }

    private CompletableFuture<Void> inTurn(SagaId base, Set<SagaId> sagas) {
        List<SagaId> byAge = new ArrayList<>(sagas);
        byAge.sort(Comparator.comparing(StartKey::begunAt));
        CompletableFuture<SagaId> holder = CompletableFuture.completedFuture(byAge.get(0));
        for (SagaId next : byAge.subList(1, byAge.size())) {
            holder = holder.thenCompose(before -> look(before)
                    .thenApply(state -> state.start() == null || holders.isOver(Seen.of(state), StartKey.begunAt(next))
                            ? next
                            : before));
        }
        return holder.thenAccept(saga -> {
            synchronized (this) {
                holders.put(base, saga);
            }
        });
    }

    /** Forgets what is over. */
    void prune(Predicate<SagaId> atWork) {
        Instant now = host.now();
        synchronized (this) {
            holders.prune(now, atWork);
        }
    }
}
