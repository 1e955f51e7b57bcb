package dev.caravan.saga.spring;

import dev.caravan.saga.monitoring.SagaJson;
import dev.caravan.saga.monitoring.SagaSummary;
import dev.caravan.saga.monitoring.SagaView;
import dev.caravan.saga.time.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.HttpStatus;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Tells every client that listens of each saga that changes. How many listen is limited, for each client and in all, and
 * each stream ends after an hour: a browser opens the next by itself.
 */
final class SagaEventStreams {

    static final int PER_CLIENT = 50;
    static final int IN_ALL = 200;

    private static final Duration BEAT = Duration.ofSeconds(2);
    /** For so long what a client missed is kept for it when nobody listens. */
    private static final Duration KEPT = Duration.ofSeconds(30);

    private static final Instant NEVER = Instant.MIN;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(15);
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final long FOR_EVER = 0;

    private final SagaView view;
    private final Timers timers;
    private final Executor workers;
    private final int perClient;
    private final int inAll;
    private final SagaJson json = new SagaJson();
    private final RecentChanges recent = new RecentChanges();
    private final AtomicReference<Instant> keptUntil = new AtomicReference<>(NEVER);
    private final List<SagaEventStream> streams = new CopyOnWriteArrayList<>();

    SagaEventStreams(SagaView view, Timers timers, Executor workers) {
        this(view, timers, workers, PER_CLIENT, IN_ALL);
    }

    /** @param workers write to clients, which blocks while one does not read; so they do nothing else */
    SagaEventStreams(SagaView view, Timers timers, Executor workers, int perClient, int inAll) {
        this.view = view;
        this.timers = timers;
        this.workers = workers;
        this.perClient = perClient;
        this.inAll = inAll;
        view.watch(this::changed);
    }

    /**
     * @param client a user, or an address
     * @param lastEventId which event the client has heard last; {@code null}: none, it has loaded everything or will
     * @throws ErrorResponseException 429: this client has too many streams; 503: all clients have
     */
    SseEmitter open(String client, @Nullable String lastEventId) {
        SagaEventStream stream = new SagaEventStream(
                new SseEmitter(FOR_EVER), workers, client, timers.steady().instant(), streams::remove);
        admit(stream, client);
        SseEmitter emitter = stream.emitter();
        emitter.onCompletion(() -> streams.remove(stream));
        emitter.onError(failure -> streams.remove(stream));
        stream.beat();
        if (lastEventId != null) {
            recent.since(lastEventId).ifPresentOrElse(missed -> missed.forEach(stream::changed), stream::reload);
        }
        beatLater(stream);
        return emitter;
    }

    private synchronized void admit(SagaEventStream stream, String client) {
        if (streams.stream().filter(open -> open.isOf(client)).count() >= perClient) {
            throw refused(
                    HttpStatus.TOO_MANY_REQUESTS,
                    "%d streams of events are open for you already: close one, or raise caravan.api.streams-per-client"
                            .formatted(perClient));
        }
        if (streams.size() >= inAll) {
            throw refused(
                    HttpStatus.SERVICE_UNAVAILABLE,
                    "%d streams of events are open already: try again later, or raise caravan.api.streams"
                            .formatted(inAll));
        }
        streams.add(stream);
    }

    private static ErrorResponseException refused(HttpStatus status, String detail) {
        return Problem.later(status, detail, RETRY_AFTER.toSeconds());
    }

    /** A client was gone before its stream began. */
    void abandon(SseEmitter emitter) {
        streams.removeIf(stream -> stream.emitter() == emitter);
    }

    int size() {
        return streams.size();
    }

    private void beatLater(SagaEventStream stream) {
        keptUntil.set(timers.steady().instant().plus(KEPT));
        timers.schedule(BEAT, () -> {
            if (!streams.contains(stream)) {
                return;
            }
            if (stream.opened().plus(LONGEST).isAfter(timers.steady().instant())) {
                stream.beat();
                beatLater(stream);
            } else if (streams.remove(stream)) {
                workers.execute(stream.emitter()::complete);
            }
        });
    }

    /** What was there before the view had read the log is no news. */
    private void changed(SagaSummary saga) {
        if (!isKept() || !view.isCaughtUp()) {
            return;
        }
        recent.add(json.line(saga, view.attention(saga)))
                .ifPresent(change -> streams.forEach(stream -> stream.changed(change)));
    }

    /** Each entry of the log comes here: where nobody has listened for long, there is nothing to do but once. */
    private boolean isKept() {
        Instant until = keptUntil.get();
        if (until == NEVER || !timers.steady().instant().isAfter(until)) {
            return until != NEVER;
        }
        recent.forget();
        return !keptUntil.compareAndSet(until, NEVER);
    }

    /** An open stream would hold up the end of the application. */
    @EventListener(ContextClosedEvent.class)
    void close() {
        streams.forEach(stream -> stream.emitter().complete());
    }
}
