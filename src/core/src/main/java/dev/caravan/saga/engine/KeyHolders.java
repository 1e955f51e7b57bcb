package dev.caravan.saga.engine;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.state.SagaState;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which saga has which key, in one partition: the first in log order, while it runs and for a time after its end. About
 * 300 bytes for each. Guarded by {@link KeyedStarts}.
 */
final class KeyHolders {

    private static final int FEW = 1000;

    private final Duration retention;
    private final Map<SagaId, Holder> byBase = new HashMap<>();
    private int nextPruning = FEW;

    /** @param seen {@code null}: not since it has ended, if it has */
    record Holder(SagaId saga, @Nullable Seen seen) {}

    /** How far a saga had come when it was looked at, and what began it. */
    record Seen(Instant at, SagaStatus status, long digest) {

        static Seen of(SagaState state) {
            return new Seen(
                    Objects.requireNonNull(state.updatedAt()),
                    state.status(),
                    StartKey.digest(state.started().body()));
        }

        /** One that is FAILED waits for a person, and goes on. */
        boolean isEnd() {
            return status.isOver();
        }
    }

    KeyHolders(Duration retention) {
        this.retention = retention;
    }

    /** {@code null}: nobody has it, as far as is known */
    @Nullable
    Holder of(SagaId base) {
        return byBase.get(base);
    }

    /**
     * A saga has begun with this key; it has the key if nobody else has it at that time.
     *
     * @return whether it has the key
     */
    boolean offer(SagaId base, SagaId saga) {
        Holder holder = byBase.get(base);
        if (holder == null || isOver(holder.seen(), StartKey.begunAt(saga))) {
            byBase.put(base, new Holder(saga, null));
            return true;
        }
        return holder.saga().equals(saga);
    }

    void put(SagaId base, SagaId saga) {
        byBase.put(base, new Holder(saga, null));
    }

    void ended(SagaId base, SagaId saga, @Nullable Seen end) {
        byBase.computeIfPresent(base, (id, holder) -> holder.saga().equals(saga) ? new Holder(saga, end) : holder);
    }

    /** The log has forgotten it. */
    void forget(SagaId base, SagaId saga) {
        byBase.computeIfPresent(base, (id, holder) -> holder.saga().equals(saga) ? null : holder);
    }

    /** True when who was seen so does not have its key any more at this time. */
    boolean isOver(@Nullable Seen seen, Instant at) {
        return seen != null && seen.isEnd() && seen.at().plus(retention).isBefore(at);
    }

    /** @param atWork those that have not ended */
    void prune(Instant now, Predicate<SagaId> atWork) {
        if (byBase.size() >= nextPruning) {
            byBase.values()
                    .removeIf(holder -> holder.seen() == null
                            ? StartKey.begunAt(holder.saga()).plus(retention).isBefore(now)
                                    && !atWork.test(holder.saga())
                            : isOver(holder.seen(), now));
            nextPruning = Math.max(FEW, 2 * byBase.size());
        }
    }
}
