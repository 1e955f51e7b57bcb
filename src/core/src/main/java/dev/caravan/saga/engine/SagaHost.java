package dev.caravan.saga.engine;

import dev.caravan.saga.Printable;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.message.Question;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLog;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.time.Timers;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Holds the sagas that this instance runs, from their start until their end. Keeps nothing of a saga that has ended.
 * Thread-safe.
 */
public final class SagaHost {

    private static final Logger LOGGER = SagaLogger.of(SagaHost.class);

    private final String application;
    private final SagaLog log;
    private final CommandSender commands;
    private final Timers timers;
    private final SagaThreads threads;
    private final LogWriter writer;
    private final LiveSagas live = new LiveSagas();
    private final SagaReplies replies = new SagaReplies(this);
    private final AwaitedSteps awaited = new AwaitedSteps(this);
    private final OpenQuestions questions = new OpenQuestions(this);
    private final ScheduledStarts scheduled;
    private final Takeover takeover;
    private final SagaRequests requests;
    private final Ownership ownership;
    private final SagaRecovery recovery;
    private final StartKeys keys;
    private final CorrectionPolicy corrections;

    SagaHost(SagaEngine.Parts parts) {
        this.application = parts.application();
        this.log = parts.log();
        this.commands = parts.commands();
        this.timers = parts.timers();
        this.threads = parts.threads();
        this.writer = new LogWriter(log, timers.clock(), parts.listeners());
        this.scheduled = new ScheduledStarts(this, parts.intake());
        this.takeover = new Takeover(this, live, parts.instance());
        this.requests = new SagaRequests(log, timers, threads.workers(), application);
        this.keys = new StartKeys(this, requests, parts.instance(), parts.keyRetention());
        this.corrections = parts.corrections();
        this.ownership = parts.ownership().apply(this);
        this.recovery = Objects.requireNonNull(
                parts.recovery().apply(this), "The engine cannot be built: recovery(...) made none");
    }

    /** Whose sagas these are; instances of the same name share them. */
    public String application() {
        return application;
    }

    /** The log that everything is in. */
    public SagaLog log() {
        return log;
    }

    /** Which sagas may run here. */
    public Ownership ownership() {
        return ownership;
    }

    /** Starts sagas of which there is one for each key. */
    public StartKeys keys() {
        return keys;
    }

    /** Asks of sagas that do not run here. */
    public SagaRequests requests() {
        return requests;
    }

    /**
     * Starts a saga.
     *
     * @return completes when START is durable; fails with {@link SagaStartNotKnownException} when that is not certain
     */
    public CompletableFuture<LiveSaga> start(SagaId sagaId, SagaEvent.Start event) {
        return start(sagaId, event, false);
    }

    /** As {@link #start}; completes when START was read back. */
    CompletableFuture<LiveSaga> begin(SagaId sagaId, SagaEvent.Start event) {
        return start(sagaId, event, ownership.isReadBack());
    }

    private CompletableFuture<LiveSaga> start(SagaId sagaId, SagaEvent.Start event, boolean readBack) {
        if (!ownership.owns(sagaId)) {
            return CompletableFuture.failedFuture(new NoPartitionException(
                    "Saga %s cannot be started here: its partition is not this instance's".formatted(sagaId)));
        }
        LiveSaga saga = new LiveSaga(this, SagaState.initial(sagaId));
        if (live.add(saga).isPresent()) {
            return CompletableFuture.failedFuture(
                    new IllegalStateException("Saga %s has started before".formatted(sagaId)));
        }
        return SagaStartNotKnownException.explained(sagaId, readBack ? saga.decide(event) : saga.append(event))
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
     * @return empty for one that is unknown or has ended; fails for one that is another instance's or application's:
     *     a saga has one writer
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
                    SagaState state = read(sagaId);
                    if (state.status() == SagaStatus.INITIAL || state.status().isTerminal()) {
                        return Optional.empty();
                    }
                    String owner = state.started().application();
                    if (owner != null && !owner.equals(application)) {
                        throw new IllegalStateException(
                                "Saga %s does not run here: it is another application's".formatted(sagaId));
                    }
                    LiveSaga replayed = new LiveSaga(this, state);
                    return Optional.of(live.add(replayed).orElse(replayed));
                },
                threads.workers());
    }

    /** What the log says of a saga: INITIAL if it says nothing. Blocks. */
    public SagaState read(SagaId sagaId) {
        return SagaState.replay(sagaId, log.read(sagaId));
    }

    /** Takes a reply in that does not say which service it is from. */
    public void deliver(SagaReply reply) {
        replies.deliver(reply, null);
    }

    /** The steps that wait for an answer that may take days. */
    public AwaitedSteps awaited() {
        return awaited;
    }

    /** The sagas that have yet to begin. */
    public ScheduledStarts scheduled() {
        return scheduled;
    }

    /** Takes replies in. */
    public SagaReplies replies() {
        return replies;
    }

    /** @param headers to which the saga's key is added, of one that runs here */
    public CompletionStage<Void> send(SagaCommand command, Map<String, String> headers) {
        try {
            return commands.send(
                    command, SagaMention.withKey(headers, live(command.sagaId()).map(LiveSaga::state)));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** A question is one of a saga that may have ended. */
    CompletionStage<Void> ask(Question question) {
        SagaCommand command = question.toCommand();
        return send(command, SagaMention.withKey(Map.of(), ownership().inFlight(command.sagaId())));
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

    OpenQuestions questions() {
        return questions;
    }

    CorrectionPolicy corrections() {
        return corrections;
    }

    Takeover takeover() {
        return takeover;
    }

    SagaRecovery recovery() {
        return recovery;
    }

    /** Says in the log that a request is refused. */
    public void refuse(SagaId sagaId, SagaEvent.Request request, @Nullable String reason) {
        writer.appendAside(sagaId, new SagaEvent.Refuse(request.id(), reason));
    }

    /** The saga as a log line names it: by its state, as long as it is in flight in a partition of this instance. */
    public SagaMention mention(SagaId sagaId) {
        return live(sagaId)
                .map(LiveSaga::state)
                .or(() -> ownership().inFlight(sagaId))
                .map(SagaMention::of)
                .orElseGet(() -> SagaMention.of(sagaId));
    }

    /** Writes what has no place in a saga's sequence. */
    void aside(SagaId sagaId, SagaEvent event) {
        writer.appendAside(sagaId, event).exceptionally(failure -> {
            LOGGER.warn("An answer of {} was not written: {}", mention(sagaId), Printable.of(failure));
            return null;
        });
    }

    void letGo(LiveSaga saga, @Nullable Throwable failure) {
        live.letGo(saga, failure);
    }

    void tell(Consumer<SagaListener> what) {
        writer.tell(what);
    }

    /** How many sagas are in memory. */
    public int size() {
        return live.size();
    }

    /** How many have yet to begin, or have a step that waits for an answer that may take days. */
    public long waiting() {
        return live.waiting();
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
            LOGGER.warn("Saga {} {} is FAILED and waits for an operator", Printable.of(state.name()), state);
        }
    }
}
