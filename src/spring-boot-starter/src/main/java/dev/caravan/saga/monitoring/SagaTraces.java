package dev.caravan.saga.monitoring;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.engine.SagaListener;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One trace for each saga: a span from its start to its end, and below it one for each step, compensation and
 * completion. It hangs on the request that started the saga, whose {@code traceparent} START has kept, so that the
 * instance that takes a saga over goes on with the same trace. Made from what is in the log, whatever thread did it.
 *
 * <p>A span is told of when it ends: of an instance that dies, those that were open are missing. Thread-safe.
 */
public final class SagaTraces implements SagaListener {

    /** Sagas that go on in another instance are not heard of again. */
    private static final int MOST = 50_000;

    private final Tracer tracer;
    private final double sampled;
    private final Map<SagaId, Live> live = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<SagaId, Live> eldest) {
            return size() > MOST;
        }
    };

    private static final class Live {
        private final Span saga;
        private final Map<Step, Span> steps = new HashMap<>();
        private Instant last;

        private Live(Span saga, Instant last) {
            this.saga = saga;
            this.last = last;
        }
    }

    /** @param sampled how many of the sagas are traced that no trace has led to, from 0 to 1 */
    public SagaTraces(Tracer tracer, double sampled) {
        this.tracer = tracer;
        this.sampled = sampled;
    }

    /** What a command of the saga belongs to; empty when the saga does not run here. */
    public synchronized Optional<TraceContext> contextOf(SagaCommand command) {
        return Optional.ofNullable(live.get(command.sagaId())).map(saga -> {
            Span step = command.phase() == Phase.ACTION ? saga.steps.get(command.step()) : null;
            return (step == null ? saga.saga : step).context();
        });
    }

    /** The span of a saga that runs here. */
    public synchronized Optional<Span> spanOf(SagaId sagaId) {
        return Optional.ofNullable(live.get(sagaId)).map(saga -> saga.saga);
    }

    @Override
    public synchronized void onEntry(SagaLogEntry entry, SagaState after) {
        if (after.start() == null) {
            return;
        }
        Live saga = live.computeIfAbsent(after.sagaId(), id -> begin(entry, after));
        take(entry, saga);
        saga.last = entry.timestamp();
        if (after.status().isTerminal()) {
            live.remove(after.sagaId());
            saga.steps.values().forEach(step -> end(step, entry.timestamp()));
            saga.saga.tag("saga.status", after.status().name());
            if (after.reason() != null) {
                saga.saga.tag("saga.reason", after.reason());
            }
            if (after.status() != SagaStatus.COMPLETED) {
                wentWrong(saga.saga, text(after.problem()));
            }
            end(saga.saga, entry.timestamp());
        }
    }

    /** The trace that a saga belongs to, also one that does not run here any more. */
    public Optional<String> traceOf(SagaState saga) {
        return Optional.ofNullable(parentOf(saga).traceId());
    }

    private TraceContext parentOf(SagaState saga) {
        return TraceParent.read(tracer, String.valueOf(saga.started().headers().get(TraceParent.HEADER)))
                .orElseGet(() -> TraceParent.derived(tracer, saga.sagaId(), sampled));
    }

    private Live begin(SagaLogEntry first, SagaState after) {
        TraceContext parent = parentOf(after);
        Span saga = started(parent, "saga " + after.name(), first.timestamp())
                .tag("saga.id", after.sagaId().value())
                .tag("saga.recovered", Boolean.toString(!(first.event() instanceof SagaEvent.Start)));
        String key = after.started().key();
        if (key != null) {
            saga.tag("saga.key", key);
        }
        return new Live(saga, first.timestamp());
    }

    private void take(SagaLogEntry entry, Live saga) {
        SagaEvent event = entry.event();
        Instant at = entry.timestamp();
        if (event instanceof SagaEvent.Enlist enlist) {
            saga.steps.put(enlist.step(), started(saga.saga.context(), "step " + enlist.step(), at));
        } else if (event instanceof SagaEvent.Success success) {
            endStep(saga, success.step(), "SUCCEEDED", null, at);
        } else if (event instanceof SagaEvent.StepRejected rejected) {
            endStep(saga, rejected.step(), "REJECTED", rejected.error(), at);
        } else if (event instanceof SagaEvent.StepUnknown unknown) {
            endStep(saga, unknown.step(), "UNKNOWN", unknown.error(), at);
        } else if (event instanceof SagaEvent.StepTimeout timeout) {
            endStep(saga, timeout.step(), "TIMED_OUT", "no reply", at);
        } else if (event instanceof SagaEvent.CompensateSuccess success) {
            end(started(saga.saga.context(), "compensate " + success.step(), saga.last), at);
        } else if (event instanceof SagaEvent.StepUndone undone) {
            end(started(saga.saga.context(), "compensate " + undone.step(), saga.last), at);
        } else if (event instanceof SagaEvent.StepCompensateFailed failed) {
            end(
                    wentWrong(
                            started(saga.saga.context(), "compensate " + failed.step(), saga.last),
                            text(failed.error())),
                    at);
        } else if (event instanceof SagaEvent.CompleteSuccess success) {
            end(started(saga.saga.context(), "complete " + success.step(), saga.last), at);
        } else {
            saga.saga.event(event.type(), micros(at), TimeUnit.MICROSECONDS);
        }
    }

    private static void endStep(Live saga, Step step, String outcome, @Nullable String error, Instant at) {
        Span span = saga.steps.remove(step);
        if (span != null) {
            span.tag("saga.outcome", outcome);
            if (error != null) {
                wentWrong(span, error);
            }
            end(span, at);
        }
    }

    /** As OpenTelemetry has it: a status ERROR with a description. */
    private static Span wentWrong(Span span, String error) {
        return span.tag("error", error).error(new SagaError(error));
    }

    /** What a saga says of itself; there is no place in the code that threw it. */
    private static final class SagaError extends Exception {
        private static final long serialVersionUID = 1L;

        SagaError(String message) {
            super(message, null, false, false);
        }
    }

    private Span started(TraceContext parent, String name, Instant at) {
        return tracer.spanBuilder()
                .setParent(parent)
                .name(name)
                .startTimestamp(micros(at), TimeUnit.MICROSECONDS)
                .start();
    }

    private static void end(Span span, Instant at) {
        span.end(micros(at), TimeUnit.MICROSECONDS);
    }

    private static String text(@Nullable String error) {
        return error == null ? "" : error;
    }

    private static long micros(Instant at) {
        return TimeUnit.MILLISECONDS.toMicros(at.toEpochMilli());
    }
}
