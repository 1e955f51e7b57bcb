package dev.caravan.saga.spring;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * One client that listens. Of a saga that changes faster than the client reads, only the latest line is kept; when too
 * many sagas wait, they are dropped and the client is told to reload. At most one thread writes, whatever there is to
 * write: a client that does not read holds up no more than that.
 *
 * <p>After a write that failed nothing is done with the response: the servlet container ends the request on a thread of
 * its own, and reuses its objects for another.
 */
final class SagaEventStream {

    private static final int MOST_WAITING = 1000;

    private final SseEmitter emitter;
    private final Executor workers;
    private final String client;
    private final Instant opened;
    private final Consumer<SagaEventStream> gone;
    private final Map<String, RecentChanges.Change> waiting = new LinkedHashMap<>();
    private boolean dropped;
    private boolean beat;
    private boolean sending;
    private boolean ended;

    /**
     * @param client who listens
     * @param gone told once a write has failed
     */
    SagaEventStream(
            SseEmitter emitter, Executor workers, String client, Instant opened, Consumer<SagaEventStream> gone) {
        this.emitter = emitter;
        this.workers = workers;
        this.client = client;
        this.opened = opened;
        this.gone = gone;
    }

    SseEmitter emitter() {
        return emitter;
    }

    boolean isOf(String somebody) {
        return client.equals(somebody);
    }

    Instant opened() {
        return opened;
    }

    /** Does not block. */
    void changed(RecentChanges.Change change) {
        synchronized (this) {
            if (waiting.size() < MOST_WAITING) {
                waiting.put(change.sagaId(), change);
            } else {
                waiting.clear();
                dropped = true;
            }
        }
        sendSoon();
    }

    /** Something was left out: the client has to look at everything. Does not block. */
    void reload() {
        synchronized (this) {
            dropped = true;
        }
        sendSoon();
    }

    /** Tells that the server is there, and notices a client that is gone. Does not block. */
    void beat() {
        synchronized (this) {
            beat = true;
        }
        sendSoon();
    }

    private void sendSoon() {
        synchronized (this) {
            if (sending || ended) {
                return;
            }
            sending = true;
        }
        workers.execute(this::send);
    }

    private void send() {
        for (List<SseEmitter.SseEventBuilder> events = take(); !events.isEmpty(); events = take()) {
            for (SseEmitter.SseEventBuilder event : events) {
                if (!sent(event)) {
                    return;
                }
            }
        }
    }

    private synchronized List<SseEmitter.SseEventBuilder> take() {
        List<SseEmitter.SseEventBuilder> events = new ArrayList<>();
        if (beat) {
            events.add(SseEmitter.event().name("beat").data("{}"));
        }
        if (dropped) {
            events.add(SseEmitter.event().name("reload").data("{}"));
        }
        waiting.values()
                .forEach(change -> events.add(SseEmitter.event()
                        .id(change.id())
                        .name("saga")
                        .data(change.line(), MediaType.APPLICATION_JSON)));
        waiting.clear();
        dropped = false;
        beat = false;
        sending = !events.isEmpty();
        return events;
    }

    /** A client that is gone ends the stream. */
    private boolean sent(SseEmitter.SseEventBuilder event) {
        try {
            emitter.send(event);
            return true;
        } catch (IOException | IllegalStateException e) {
            synchronized (this) {
                ended = true;
                waiting.clear();
            }
            gone.accept(this);
            return false;
        }
    }
}
