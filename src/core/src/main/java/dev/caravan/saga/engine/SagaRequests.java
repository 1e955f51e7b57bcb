package dev.caravan.saga.engine;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.state.PayloadRead;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLog;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StartAnswer;
import dev.caravan.saga.state.StepAsked;
import dev.caravan.saga.state.StepTold;
import dev.caravan.saga.state.Transition;
import dev.caravan.saga.time.Timers;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks of sagas that do not run here: another application's, or another instance's. What is asked for stands in the
 * saga's log, so that it survives a crash of either side, and who runs the saga acts on it in log order. Thread-safe.
 */
public final class SagaRequests implements AutoCloseable {

    private static final Set<Transition> ENDS = EnumSet.of(
            Transition.COMPLETE,
            Transition.COMPLETE_FAIL,
            Transition.COMPENSATE_COMPLETE,
            Transition.COMPENSATE_FAIL,
            Transition.RESOLVE);

    private final SagaLog log;
    private final LogWriter writer;
    private final Timers timers;
    private final Executor workers;
    private final String application;
    private final Map<String, Joining> joining = new ConcurrentHashMap<>();
    private final Map<String, Starting> starting = new ConcurrentHashMap<>();
    private @Nullable CompletableFuture<SagaLog.Following> tail;

    private final Map<SagaId, Ending> ending = new ConcurrentHashMap<>();

    private record Ending(SagaId saga, CompletableFuture<SagaState> state) {}

    private final Map<String, Asking> asking = new ConcurrentHashMap<>();

    private record Asking(SagaId saga, Consumer<StepTold> answers) {}

    private record Starting(SagaId base, CompletableFuture<Optional<StartAnswer>> answer) {}

    /** A step that waits to be let in. The epoch is that of the last RESUME since it asked. */
    private static final class Joining {
        private final SagaId sagaId;
        private final CompletableFuture<SagaEvent.Enlist> step = new CompletableFuture<>();
        private volatile int epoch;

        private Joining(SagaId sagaId) {
            this.sagaId = sagaId;
        }
    }

    /**
     * @param workers may block
     * @param application in whose name it asks, and whose instances run the compensations of its steps
     */
    public SagaRequests(SagaLog log, Timers timers, Executor workers, String application) {
        this.log = log;
        this.writer = new LogWriter(log, timers.clock(), List.of());
        this.timers = timers;
        this.workers = workers;
        this.application = application;
    }

    /** In whose name it asks. */
    public String application() {
        return application;
    }

    /**
     * Asks for an event to be appended. Asked twice, it may be heard twice.
     *
     * @return completes when the request is durable: it will be heard, also after a crash
     */
    public CompletableFuture<Void> ask(SagaId sagaId, SagaEvent event) {
        return writer.appendAside(
                sagaId, new SagaEvent.Request(UUID.randomUUID().toString(), application, event));
    }

    /**
     * Asks for a step to be let in. Asked again for a step with the same compensation, completion and options, it is the
     * same step.
     *
     * @param timeout how long an answer is waited for
     * @return completes when the step has joined; fails with {@link StepRefusedException} when the saga has ended or is
     *     being ended; fails otherwise when nobody answers in time, in which case it may still join
     */
    public CompletableFuture<SagaEvent.Enlist> enlist(SagaId sagaId, SagaEvent.Enlist step, Duration timeout) {
        String id = UUID.randomUUID().toString();
        Joining mine = new Joining(sagaId);
        joining.put(id, mine);
        Runnable cancel = timers.schedule(
                timeout,
                () -> mine.step.completeExceptionally(new IllegalStateException(
                        "Saga %s did not let step %s in within %d ms: does the application that started it run?"
                                .formatted(sagaId, step.step(), timeout.toMillis()))));
        tail().thenCompose(open -> writer.appendAside(sagaId, new SagaEvent.Request(id, application, step)))
                .exceptionally(failure -> {
                    mine.step.completeExceptionally(failure);
                    return null;
                });
        return mine.step.whenComplete((joined, failure) -> {
            joining.remove(id);
            cancel.run();
        });
    }

    /**
     * Asks for a start with a key of the partition's owner.
     *
     * @param timeout how long an answer is waited for
     * @return empty: there was none in time; asked again, it is still one saga
     */
    CompletableFuture<Optional<StartAnswer>> start(SagaId base, SagaEvent.Start start, Duration timeout) {
        String id = UUID.randomUUID().toString();
        Starting mine = new Starting(base, new CompletableFuture<>());
        starting.put(id, mine);
        Runnable cancel = timers.schedule(timeout, () -> mine.answer.complete(Optional.empty()));
        tail().thenCompose(open -> writer.appendAside(base, new SagaEvent.Request(id, application, start)))
                .exceptionally(failure -> {
                    mine.answer.completeExceptionally(failure);
                    return null;
                });
        return mine.answer.whenComplete((answer, failure) -> {
            starting.remove(id);
            cancel.run();
        });
    }

    /**
     * Has the participants asked what they hold of a step.
     *
     * @param answers is told of each answer, in no order
     * @return completes when the question is durable; what it completes with has to be run to be told no more
     */
    CompletableFuture<Runnable> ask(SagaId sagaId, StepAsked asked, Consumer<StepTold> answers) {
        asking.put(asked.question(), new Asking(sagaId, answers));
        Runnable stop = () -> asking.remove(asked.question());
        return tail().thenCompose(open -> writer.appendAside(sagaId, asked))
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        stop.run();
                    }
                })
                .thenApply(done -> stop);
    }

    /** Writes down what has no place in the saga's sequence and that nobody answers. Completes when it is durable. */
    public CompletableFuture<Void> note(SagaId sagaId, PayloadRead read) {
        return writer.appendAside(sagaId, read);
    }

    /**
     * The end of a saga that does not run here.
     *
     * @return completes when it is COMPLETED, COMPENSATED or FAILED
     */
    CompletableFuture<SagaState> ended(SagaId sagaId) {
        Ending mine = ending.computeIfAbsent(sagaId, id -> new Ending(id, new CompletableFuture<>()));
        tail().thenRunAsync(() -> look(mine), workers).exceptionally(failure -> {
            mine.state.completeExceptionally(failure);
            return null;
        });
        return mine.state.whenComplete((state, failure) -> ending.remove(sagaId, mine));
    }

    /** What the log says of a saga. */
    public CompletableFuture<SagaState> state(SagaId sagaId) {
        return CompletableFuture.supplyAsync(() -> read(sagaId), workers);
    }

    private SagaState read(SagaId sagaId) {
        return SagaState.replay(sagaId, log.readSince(sagaId, StartKey.beforeStart(sagaId)));
    }

    private void look(Ending awaited) {
        SagaState state = read(awaited.saga);
        if (state.status().isTerminal()) {
            awaited.state.complete(state);
        }
    }

    /** Opened for the first step that joins; one that could not be opened is tried again with the next. */
    private synchronized CompletableFuture<SagaLog.Following> tail() {
        if (tail == null || tail.isCompletedExceptionally()) {
            tail = CompletableFuture.supplyAsync(() -> log.tail(this::isAwaited, this::read), workers);
        }
        return tail;
    }

    /** Why it does not hear of answers, and what to do. */
    public synchronized Optional<String> trouble() {
        return tail == null || tail.isCompletedExceptionally()
                ? Optional.empty()
                : Optional.ofNullable(tail.getNow(null)).flatMap(SagaLog.Following::trouble);
    }

    private boolean isAwaited(SagaId sagaId) {
        return joining.values().stream().anyMatch(step -> step.sagaId.equals(sagaId))
                || ending.containsKey(sagaId)
                || asking.values().stream().anyMatch(question -> question.saga.equals(sagaId))
                || starting.values().stream().anyMatch(start -> start.base.equals(sagaId));
    }

    /** An answer of an instance that lost the saga before is none. */
    private void read(SagaLogEntry entry) {
        Ending awaited = ending.get(entry.sagaId());
        if (awaited != null && entry.event().transition().filter(ENDS::contains).isPresent()) {
            workers.execute(() -> look(awaited));
        }
        if (entry.event() instanceof SagaEvent.Resume) {
            joining.values().stream()
                    .filter(step -> step.sagaId.equals(entry.sagaId()))
                    .forEach(step -> step.epoch = Math.max(step.epoch, entry.epoch()));
        } else if (entry.event() instanceof SagaEvent.Refuse refuse) {
            Joining refused = joining.get(refuse.request());
            if (refused != null) {
                workers.execute(() -> refused.step.completeExceptionally(new StepRefusedException(
                        "Saga %s does not let a step in: %s".formatted(entry.sagaId(), refuse.reason()))));
            }
        } else if (entry.event() instanceof StepTold told) {
            Asking question = asking.get(told.question());
            if (question != null) {
                workers.execute(() -> question.answers.accept(told));
            }
        } else if (entry.event() instanceof StartAnswer answer) {
            Starting asked = starting.get(answer.request());
            if (asked != null) {
                workers.execute(() -> asked.answer.complete(Optional.of(answer)));
            }
        } else if (entry.event() instanceof SagaEvent.Enlist enlist && enlist.request() != null) {
            Joining joined = joining.get(enlist.request());
            if (joined != null && entry.epoch() >= joined.epoch) {
                workers.execute(() -> joined.step.complete(enlist));
            }
        }
    }

    @Override
    public synchronized void close() {
        if (tail != null) {
            tail.thenAccept(SagaLog.Following::close);
        }
    }
}
