package dev.caravan.saga.spring;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * One client that listens. Of a saga that changes faster than the client reads, only the latest line is kept; when too
 * many sagas wait, they are dropped and the client is told to reload.
 */
final class SagaEventStream {

    private static final int MOST_WAITING = 1000;

    private final SseEmitter emitter;
    private final Executor workers;
    private final Map<String, ObjectNode> waiting = new LinkedHashMap<>();
    private boolean dropped;
    private boolean sending;

    SagaEventStream(SseEmitter emitter, Executor workers) {
        this.emitter = emitter;
        this.workers = workers;
    }

    SseEmitter emitter() {
        return emitter;
    }

    /** Does not block. */
    void changed(ObjectNode saga) {
        synchronized (this) {
            if (waiting.size() < MOST_WAITING) {
                waiting.put(saga.path("sagaId").asText(), saga);
            } else {
                waiting.clear();
                dropped = true;
            }
            if (sending) {
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
        if (dropped) {
            events.add(SseEmitter.event().name("reload").data("{}"));
        }
        waiting.values()
                .forEach(saga -> events.add(SseEmitter.event().name("saga").data(saga, MediaType.APPLICATION_JSON)));
        waiting.clear();
        dropped = false;
        sending = !events.isEmpty();
        return events;
    }

    /** A line without meaning, so that a client that is gone is noticed. */
    void beat() {
        workers.execute(() -> sent(SseEmitter.event().comment("")));
    }

    /** A client that is gone ends the stream. */
    private boolean sent(SseEmitter.SseEventBuilder event) {
        try {
            emitter.send(event);
            return true;
        } catch (IOException | IllegalStateException e) {
            emitter.completeWithError(e);
            return false;
        }
    }
}
