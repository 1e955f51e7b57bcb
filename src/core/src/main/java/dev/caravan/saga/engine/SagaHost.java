package dev.caravan.saga.engine;

import dev.caravan.saga.Printable;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLog;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.time.Timers;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Holds the sagas that this instance runs, from their start until their end. Keeps nothing of a saga that has ended.
 * Thread-safe.
 */
public final class SagaHost {

    private static final Logger LOGGER = LoggerFactory.getLogger(SagaHost.class);

    private final SagaLog log;
    private final CommandSender commands;
    private final Timers timers;
    private final SagaThreads threads;
    private final LogWriter writer;
    private final LiveSagas live = new LiveSagas();
    private final SagaReplies replies = new SagaReplies(this);
    private final String name;
    private volatile Ownership ownership = Ownership.everything();
    private volatile SagaRecovery recovery = saga -> {};

    /** Of an instance without a name. */
    public SagaHost(SagaLog log, CommandSender commands, Timers timers, Executor executor) {
        this(log, commands, timers, executor, "this");
    }

    /** Of an application whose routes do not block: they run on the executor, too. */
    public SagaHost(SagaLog log, CommandSender commands, Timers timers, Executor executor, String name) {
        this(log, commands, timers, SagaThreads.of(executor), name);
    }

    /** @param name of this instance, for the log */
    public SagaHost(SagaLog log, CommandSender commands, Timers timers, SagaThreads threads, String name) {
        this.name = name;
        this.threads = threads;
        this.log = log;
        this.writer = new LogWriter(log, timers.clock());
        this.commands = commands;
        this.timers = timers;
    }

    /** Runs only the sagas of some partitions from now on. */
    public void setOwnership(Ownership ownership) {
        this.ownership = ownership;
    }

    public void setRecovery(SagaRecovery recovery) {
        this.recovery = recovery;
    }

    /** The log that everything is in. */
    public SagaLog log() {
        return log;
    }

    /** Which sagas may run here. */
    public Ownership ownership() {
        return ownership;
    }

    /** Has the listener hear of every entry from now on. */
    public void addListener(SagaListener listener) {
        writer.addListener(listener);
    }

    /**
     * Starts a saga.
     *
     * @return completes when START is durable; fails with {@link SagaStartNotKnownException} when that is not certain
     */
    public CompletableFuture<LiveSaga> start(SagaId sagaId, SagaEvent.Start event) {
        if (!ownership.owns(sagaId)) {
            return CompletableFuture.failedFuture(new NoPartitionException(
                    "Saga %s cannot be started here: its partition is not this instance's".formatted(sagaId)));
        }
        LiveSaga saga = new LiveSaga(this, SagaState.initial(sagaId));
        if (live.add(saga).isPresent()) {
            return CompletableFuture.failedFuture(
                    new IllegalStateException("Saga %s has started before".formatted(sagaId)));
        }
        return SagaStartNotKnownException.explained(sagaId, saga.append(event))
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        live.remove(saga);
                    }
                })
                .thenApply(done -> saga);
    }

    /** The saga, if this instance holds it in memory. */
    public Optional<LiveSaga> live(SagaId sagaId) {
        return live.find(sagaId);
    }

    /**
     * The saga, from memory or by replay of its log.
     *
     * @return empty for one that is unknown or has ended; fails for one that is another instance's
     */
    public CompletableFuture<Optional<LiveSaga>> find(SagaId sagaId) {
        Optional<LiveSaga> known = live(sagaId);
        if (known.isPresent()) {
            return CompletableFuture.completedFuture(known);
        }
        if (!ownership.owns(sagaId)) {
            return CompletableFuture.failedFuture(new IllegalStateException(
                    "Saga %s does not run here: its partition is not this instance's".formatted(sagaId)));
        }
        if (ownership.isAllInMemory(sagaId)) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return CompletableFuture.supplyAsync(
                () -> {
                    SagaState state = SagaState.replay(sagaId, log.read(sagaId));
                    if (state.status() == SagaStatus.INITIAL || state.status().isTerminal()) {
                        return Optional.empty();
                    }
                    LiveSaga replayed = new LiveSaga(this, state);
                    return Optional.of(live.add(replayed).orElse(replayed));
                },
                executor());
    }

    /** What the log says of a saga: INITIAL if it says nothing. Blocks. */
    public SagaState read(SagaId sagaId) {
        return SagaState.replay(sagaId, log.read(sagaId));
    }

    /** Takes a reply in that does not say which service it is from. */
    public void deliver(SagaReply reply) {
        replies.deliver(reply, null);
    }

    /** Takes replies in. */
    public SagaReplies replies() {
        return replies;
    }

    public CompletionStage<Void> send(SagaCommand command, Map<String, String> headers) {
        try {
            return commands.send(command, headers);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    public Timers timers() {
        return timers;
    }

    /** Runs what does not block: what follows an append, a reply, or a timer. */
    public Executor executor() {
        return threads.engine();
    }

    public SagaThreads threads() {
        return threads;
    }

    /** Takes over a saga that was in flight: RESUME is in the log before it goes on. */
    void resume(SagaState state) {
        LiveSaga saga = new LiveSaga(this, state);
        if (live.add(saga).isPresent()) {
            return;
        }
        saga.decide(new SagaEvent.Resume(name, UUID.randomUUID().toString()))
                .thenRun(() -> {
                    LOGGER.info(
                            "Saga {} {} goes on from {}", Printable.of(state.name()), state.sagaId(), state.status());
                    recovery.resume(saga);
                    ownership.takeRequests(saga.id()).forEach(request -> recovery.request(saga, request));
                })
                .exceptionally(failure -> {
                    LOGGER.atLevel(saga.isGone() ? Level.DEBUG : Level.WARN)
                            .log("Saga {} was not taken over: {}", state.sagaId(), Printable.of(failure));
                    live.release(saga);
                    return null;
                });
    }

    /**
     * Opens a FAILED saga again, for an operator.
     *
     * @throws IllegalStateException it is not FAILED, or not this instance's
     */
    LiveSaga reopen(SagaId sagaId) {
        SagaState state = ownership
                .inFlight(sagaId)
                .orElseThrow(() -> new IllegalStateException(
                        "Saga %s is not FAILED here: it has ended, or is not known".formatted(sagaId)));
        if (state.status() != SagaStatus.FAILED) {
            throw new IllegalStateException("Saga %s is %s, not FAILED".formatted(sagaId, state.status()));
        }
        LiveSaga saga = new LiveSaga(this, state);
        if (live.add(saga).isPresent()) {
            throw new IllegalStateException("Saga %s is being opened already".formatted(sagaId));
        }
        return saga;
    }

    /** Writes down again what is known of a saga that runs here or is FAILED; one that was let go is somebody else's. */
    void carryForward(SagaState state) {
        live(state.sagaId())
                .or(() ->
                        state.status() == SagaStatus.FAILED ? Optional.of(new LiveSaga(this, state)) : Optional.empty())
                .ifPresent(saga -> saga.carryForward().exceptionally(failure -> {
                    LOGGER.warn("Saga {} was not carried forward: {}", state.sagaId(), Printable.of(failure));
                    return null;
                }));
    }

    SagaRecovery recovery() {
        return recovery;
    }

    /** Says in the log that a request is refused. */
    public void refuse(SagaId sagaId, SagaEvent.Request request, String reason) {
        writer.appendAside(sagaId, new SagaEvent.Refuse(request.id(), reason));
    }

    /** An entry was read back from the log. Who was beaten to a saga in its own partition takes it over again. */
    void read(SagaLogEntry entry, SagaState after) {
        live(entry.sagaId()).ifPresent(saga -> read(saga, entry, after));
    }

    private void read(LiveSaga saga, SagaLogEntry entry, SagaState after) {
        boolean beingTakenOver = saga.isBeingTakenOver();
        if (beingTakenOver && after.status().isTerminal()) {
            LOGGER.debug("Saga {} {} ended before it was taken over", Printable.of(after.name()), after.sagaId());
            live.release(saga);
        } else if (!saga.read(entry, after)) {
            LOGGER.warn("Saga {} {} was taken over by another instance", Printable.of(after.name()), after.sagaId());
            live.release(saga);
            if (beingTakenOver && !after.status().isTerminal()) {
                resume(after);
            }
        }
    }

    /** Lets go of a saga that another instance runs from now on. */
    void release(SagaId sagaId) {
        live(sagaId).ifPresent(live::release);
    }

    /** Lets go of all sagas of a partition that another instance owns from now on. */
    void releaseAll(Predicate<SagaId> which) {
        live.releaseAll(which);
    }

    void letGo(LiveSaga saga, Throwable failure) {
        live.letGo(saga, failure);
    }

    void tell(Consumer<SagaListener> what) {
        writer.tell(what);
    }

    /** How many sagas are in memory. */
    public int size() {
        return live.size();
    }

    Instant now() {
        return writer.now();
    }

    CompletableFuture<Void> append(SagaLogEntry entry, SagaState after) {
        return writer.append(entry, after);
    }

    void ended(LiveSaga saga, SagaState state) {
        live.remove(saga);
        if (state.status() == SagaStatus.FAILED) {
            LOGGER.warn("Saga {} {} is FAILED and waits for an operator", Printable.of(state.name()), state.sagaId());
        }
    }
}
