package dev.caravan.saga.engine;

import dev.caravan.saga.Printable;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepAsked;
import dev.caravan.saga.state.StepState;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The partitions of the saga log that this instance owns, as it reads them. From each, it knows the sagas in flight and
 * where the oldest of them begins: that is where the next owner has to read from.
 *
 * <p>A partition is read from there to its end; then the sagas in it that are in flight are resumed, and new ones may
 * start in it. A partition that is lost is forgotten, and its sagas are let go. Thread-safe.
 */
public final class OwnedPartitions implements Ownership {

    private static final Logger LOGGER = SagaLogger.of(OwnedPartitions.class);

    private final SagaHost host;
    private final String application;
    private final ToIntFunction<SagaId> partitionOf;
    private final Ends ends;
    private final Map<Integer, OwnedPartition> owned = new HashMap<>();
    private CompletableFuture<Void> ready = new CompletableFuture<>();
    private boolean refusesStarts;

    /** Who is told of the end of each saga. */
    @FunctionalInterface
    public interface Ends {

        /** Nobody wants to know. */
        Ends UNTOLD = ended -> CompletableFuture.completedFuture(null);

        /** @return completes when who wants to know of the end can find it */
        CompletionStage<Void> tell(SagaState ended);

        /** The deadline of a step that waits is near. */
        default CompletionStage<Void> remind(SagaState saga, StepState step) {
            return CompletableFuture.completedFuture(null);
        }
    }

    /**
     * The sagas of the host's application are resumed; those of others in the same log are theirs.
     *
     * @param ends is told of each end at least once
     */
    OwnedPartitions(SagaHost host, Ends ends) {
        this.ends = ends;
        this.host = host;
        this.application = host.application();
        this.partitionOf = host.log()::partitionOf;
    }

    /**
     * A partition is this instance's from now on.
     *
     * @param position offset of the next entry that {@link #read} will be given
     * @param end offset at which it counts as read
     */
    public synchronized void gained(int partition, long position, long end) {
        owned.put(partition, new OwnedPartition(host, partition, position, end));
        catchUp(partition);
    }

    /** A partition is another instance's from now on. */
    public synchronized void lost(int partition) {
        OwnedPartition lost = owned.remove(partition);
        if (lost != null) {
            host.takeover().releaseAll(sagaId -> partitionOf.applyAsInt(sagaId) == partition);
        }
        if (owned.values().stream().noneMatch(known -> known.caughtUp) && ready.isDone() && !refusesStarts) {
            ready = new CompletableFuture<>();
        }
    }

    /** The instance stops: no saga starts here any more. Those in flight go on until their partitions are lost. */
    public synchronized void refuseStarts() {
        refusesStarts = true;
        ready = CompletableFuture.failedFuture(new StoppingException());
    }

    /** Takes in one entry of a partition that is owned. */
    public synchronized void read(int partition, long offset, SagaLogEntry entry) {
        OwnedPartition known = owned.get(partition);
        if (known == null) {
            return;
        }
        known.position = offset + 1;
        OwnedPartition.InFlight before = known.inFlight.get(entry.sagaId());
        if (entry.event().standsBeside()) {
            SagaState state = before == null ? SagaState.initial(entry.sagaId()) : before.state();
            known.asked.read(entry, known.caughtUp);
            if (known.caughtUp && entry.event() instanceof StepAsked asked) {
                host.questions().ask(entry.sagaId(), asked);
            }
            known.requests.readAside(entry, state, known.isMine(state), known.caughtUp);
            known.orphans.wake(Optional.of(state));
            catchUp(partition);
            return;
        }
        SagaState after = OneCopy.of(
                host, (before == null ? SagaState.initial(OneCopy.idOf(host, entry)) : before.state()).apply(entry));
        known.keep(before, after, entry, offset);
        if (before != null && before.state().ignored() == after.ignored()) {
            known.orphans.read(entry, after.status().isTerminal());
        }
        if (after.status().isTerminal() && (before == null || before.state().status() != after.status())) {
            ended(known, after);
        }
        known.requests.read(entry, before == null ? null : before.state(), after);
        host.takeover().read(entry, after);
        if (known.caughtUp && entry.event() instanceof SagaEvent.Call call && isCalled(after, call.step())) {
            host.recovery().called(after, call);
        }
        catchUp(partition);
    }

    private boolean isCalled(SagaState state, Step step) {
        return state.step(step)
                .filter(known -> known.called() != null)
                .filter(known -> application.equals(known.enlistment().application()))
                .isPresent();
    }

    /** A saga that needs a person is kept; of others that ended, nothing is kept once the world was told. */
    private void ended(OwnedPartition known, SagaState state) {
        known.keyed.ended(state);
        long firstOffset = known.firstOffset(state.sagaId());
        if (state.status() != SagaStatus.FAILED) {
            known.inFlight.remove(state.sagaId());
        }
        if (known.isMine(state)) {
            known.untold.put(state.sagaId(), firstOffset);
            // whoever tells must not wait for this lock: what holds it may wait for room to append
            ends.tell(state).whenCompleteAsync((ok, why) -> told(known, state, firstOffset, why), host.executor());
        }
    }

    private synchronized void told(
            OwnedPartition known, SagaState state, long firstOffset, @Nullable Throwable failure) {
        known.untold.remove(state.sagaId(), firstOffset);
        if (failure != null) {
            LOGGER.warn("The end of saga {} could not be told: {}", state, Printable.of(failure));
        }
    }

    /** An offset was read that held no entry. */
    public synchronized void skipped(int partition, long offset) {
        OwnedPartition known = owned.get(partition);
        if (known != null) {
            known.position = offset + 1;
            catchUp(partition);
        }
    }

    /** The offset from which the partition's next owner has to read; empty for one that is not owned or not yet read. */
    public synchronized OptionalLong position(int partition) {
        OwnedPartition known = owned.get(partition);
        return known == null || !known.caughtUp ? OptionalLong.empty() : OptionalLong.of(known.nextOwnersPosition());
    }

    /**
     * Carries forward sagas whose first entry is older than this, so that they neither hold the position back nor are
     * lost with the log's retention.
     */
    public synchronized void carryForward(Instant olderThan) {
        for (OwnedPartition known : owned.values()) {
            if (known.caughtUp) {
                known.toCarryForward(olderThan).toList().forEach(host.takeover()::carryForward);
            }
        }
    }

    /**
     * Takes over sagas that nobody runs: in flight in a partition of this instance's, but not in its memory, and without
     * a new entry since this was last asked. Another instance started them before it knew that it had lost the partition,
     * or this one let them go.
     */
    public synchronized void adopt() {
        for (OwnedPartition known : owned.values()) {
            if (known.caughtUp) {
                known.orphans.adopt(known.toRun());
                known.keyed.prune(known.inFlight::containsKey);
            }
        }
    }

    @Override
    public synchronized boolean isStuck(SagaId sagaId) {
        OwnedPartition known = owned.get(partitionOf.applyAsInt(sagaId));
        return known != null && known.orphans.isStuck(sagaId);
    }

    @Override
    public synchronized int stuck() {
        return owned.values().stream().mapToInt(known -> known.orphans.stuck()).sum();
    }

    @Override
    public synchronized Optional<SagaState> inFlight(SagaId sagaId) {
        return Optional.ofNullable(owned.get(partitionOf.applyAsInt(sagaId)))
                .map(known -> known.inFlight.get(sagaId))
                .map(OwnedPartition.InFlight::state)
                .filter(state -> state.status() != SagaStatus.INITIAL);
    }

    @Override
    public synchronized List<SagaEvent.Request> takeRequests(SagaId sagaId) {
        OwnedPartition known = owned.get(partitionOf.applyAsInt(sagaId));
        return known == null ? List.of() : known.requests.take(sagaId);
    }

    @Override
    public CompletionStage<Void> remind(SagaState saga, StepState step) {
        return ends.remind(saga, step);
    }

    @Override
    public boolean isReadBack() {
        return true;
    }

    @Override
    public synchronized boolean isAllInMemory(SagaId sagaId) {
        return Optional.ofNullable(owned.get(partitionOf.applyAsInt(sagaId)))
                .flatMap(known -> inFlight(sagaId).map(known::isMine))
                .orElse(true);
    }

    private void catchUp(int partition) {
        OwnedPartition known = owned.get(partition);
        if (known == null || known.caughtUp || known.position < known.end) {
            return;
        }
        known.caughtUp = true;
        List<SagaState> toResume = known.toRun().toList();
        LOGGER.info(
                "Partition {} of the saga log is read to offset {}: {} sagas go on",
                partition,
                known.end,
                toResume.size());
        toResume.forEach(host.takeover()::resume);
        known.asked.caughtUp();
        known.inFlight.values().stream().map(OwnedPartition.InFlight::state).forEach(state -> {
            answerCalls(state);
            if (state.status() == SagaStatus.FAILED && known.isMine(state)) {
                known.requests.tellFailed(state);
            }
        });
        Duration took = Duration.between(known.gainedAt, host.now());
        host.tell(listener -> listener.onRecovered(toResume.size(), took));
        ready.complete(null);
    }

    /** Another application's saga called, and who was called died before it had answered. */
    private void answerCalls(SagaState state) {
        state.steps().stream().filter(step -> isCalled(state, step.step())).forEach(step -> Optional.ofNullable(
                        step.called())
                .ifPresent(phase -> host.recovery().called(state, new SagaEvent.Call(step.step(), phase))));
    }

    @Override
    public synchronized boolean owns(SagaId sagaId) {
        OwnedPartition known = owned.get(partitionOf.applyAsInt(sagaId));
        return known != null && known.caughtUp;
    }

    @Override
    public synchronized Optional<KeyedStarts> keyed(SagaId base) {
        return Optional.ofNullable(owned.get(partitionOf.applyAsInt(base)))
                .filter(known -> known.caughtUp)
                .map(known -> known.keyed);
    }

    @Override
    public synchronized CompletableFuture<Void> ready() {
        return ready.copy();
    }
}
