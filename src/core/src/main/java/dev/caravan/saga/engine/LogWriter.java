package dev.caravan.saga.engine;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLog;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Appends to the log, and tells who listens what is durable. Thread-safe. */
final class LogWriter {

    private final SagaLog log;
    private final Clock clock;
    private final List<SagaListener> listeners;

    LogWriter(SagaLog log, Clock clock, List<SagaListener> listeners) {
        this.log = log;
        this.clock = clock;
        this.listeners = listeners;
    }

    void tell(Consumer<SagaListener> what) {
        listeners.forEach(what);
    }

    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    CompletableFuture<Void> append(SagaLogEntry entry, SagaState after) {
        return log.append(entry)
                .thenRun(() -> tell(listener -> listener.onEntry(entry, after)))
                .toCompletableFuture();
    }

    /** Appends what has no place in the saga's sequence. */
    CompletableFuture<Void> appendAside(SagaId sagaId, SagaEvent event) {
        return log.append(new SagaLogEntry(sagaId, 0, now(), ShortTexts.of(event)))
                .toCompletableFuture();
    }
}
