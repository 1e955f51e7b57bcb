package dev.caravan.saga.spring;

import dev.caravan.saga.host.Timers;
import dev.caravan.saga.monitoring.SagaJson;
import dev.caravan.saga.monitoring.SagaSummary;
import dev.caravan.saga.monitoring.SagaView;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** Tells every client that listens of each saga that changes. */
final class SagaEventStreams {

    private static final Duration BEAT = Duration.ofSeconds(15);
    private static final long FOR_EVER = 0;

    private final SagaView view;
    private final Timers timers;
    private final Executor workers;
    private final SagaJson json = new SagaJson();
    private final List<SagaEventStream> streams = new CopyOnWriteArrayList<>();

    SagaEventStreams(SagaView view, Timers timers, Executor workers) {
        this.view = view;
        this.timers = timers;
        this.workers = workers;
        view.watch(this::changed);
    }

    SseEmitter open() {
        SagaEventStream stream = new SagaEventStream(new SseEmitter(FOR_EVER), workers);
        SseEmitter emitter = stream.emitter();
        streams.add(stream);
        emitter.onCompletion(() -> streams.remove(stream));
        emitter.onError(failure -> streams.remove(stream));
        stream.beat();
        beatLater(stream);
        return emitter;
    }

    private void beatLater(SagaEventStream stream) {
        timers.schedule(BEAT, () -> {
            if (streams.contains(stream)) {
                stream.beat();
                beatLater(stream);
            }
        });
    }

    /** What was there before the view had read the log is no news. */
    private void changed(SagaSummary saga) {
        if (!streams.isEmpty() && view.isCaughtUp()) {
            streams.forEach(stream -> stream.changed(json.line(saga, view.attention(saga))));
        }
    }

    /** An open stream would hold up the end of the application. */
    @EventListener(ContextClosedEvent.class)
    void close() {
        streams.forEach(stream -> stream.emitter().complete());
    }
}
