package dev.caravan.saga.engine;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLog;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.time.Timers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * Asks of sagas that do not run here: another application's, or another instance's. What is asked for stands in the
 * saga's log, so that it survives a crash of either side, and who runs the saga acts on it in log order. Thread-safe.
 */
public final class SagaRequests implements AutoCloseable {

    private final SagaLog log;
    private final LogWriter writer;
    private final Timers timers;
    private final Executor workers;
    private final String application;
    private final Map<String, Joining> joining = new ConcurrentHashMap<>();
    private CompletableFuture<SagaLog.Following> tail;

    /** A step that waits to be let in. The epoch is that of the last RESUME since it asked. */
    private static final class Joining {
        private final SagaId sagaId;
        private final CompletableFuture<Step> step = new CompletableFuture<>();
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
    public CompletableFuture<Step> enlist(SagaId sagaId, SagaEvent.Enlist step, Duration timeout) {
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

    /** Opened for the first step that joins; one that could not be opened is tried again with the next. */
    private synchronized CompletableFuture<SagaLog.Following> tail() {
        if (tail == null || tail.isCompletedExceptionally()) {
            tail = CompletableFuture.supplyAsync(() -> log.tail(this::isJoined, this::read), workers);
        }
        return tail;
    }

    private boolean isJoined(SagaId sagaId) {
        return joining.values().stream().anyMatch(step -> step.sagaId.equals(sagaId));
    }

    /** An answer of an instance that lost the saga before is none. */
    private void read(SagaLogEntry entry) {
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
        } else if (entry.event() instanceof SagaEvent.Enlist enlist && enlist.request() != null) {
            Joining joined = joining.get(enlist.request());
            if (joined != null && entry.epoch() >= joined.epoch) {
                workers.execute(() -> joined.step.complete(enlist.step()));
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
