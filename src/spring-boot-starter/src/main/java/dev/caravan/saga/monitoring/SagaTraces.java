package dev.caravan.saga.monitoring;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.engine.SagaListener;
import dev.caravan.saga.engine.SagaOperator;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.state.Awaits;
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
 * One trace for each saga: a short span when it starts, or goes on in another instance, and below that one for each step,
 * compensation and completion, and one from then to the saga's end. It hangs on the request that started the saga, whose
 * {@code traceparent} START has kept, so that the instance that takes a saga over goes on with the same trace. Made from what
 * is in the log, whatever thread did it.
 *
 * <p>A span is told of when it ends: the short one at once, so that what hangs on it can be seen while the saga runs, and
 * after its instance died; of that, the spans that were open are missing. A step that was under way has one in the instance
 * that takes the saga over. Thread-safe.
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
        private final TraceContext begun;
        private final Span saga;
        private final Map<Step, Span> steps = new HashMap<>();
        private boolean wanted;
        private Instant last;

        /**
         * @param begun the short span, which was told of
         * @param wanted that it ends as it will
         */
        private Live(TraceContext begun, Span saga, boolean wanted, Instant last) {
            this.begun = begun;
            this.saga = saga;
            this.wanted = wanted;
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
            return step == null ? saga.begun : step.context();
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
            if (after.status() == SagaStatus.FAILED || after.status() == SagaStatus.COMPENSATED && !saga.wanted) {
                SagaError.on(saga.saga, text(after.problem()));
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
        boolean starts = first.event() instanceof SagaEvent.Start;
        Instant at = first.timestamp();
        String name = "saga " + after.name();
        Span begun = of(after, started(parentOf(after), name + (starts ? " started" : " resumed"), at));
        end(begun, at);
        Span whole = of(after, started(begun.context(), name, at)).tag("saga.recovered", Boolean.toString(!starts));
        boolean repaired = first.event() instanceof SagaEvent.Retry || first.event() instanceof SagaEvent.Resolve;
        Live saga = new Live(begun.context(), whole, repaired, at);
        if (!starts) {
            after.steps().stream()
                    .filter(step -> step.status() == StepStatus.ENLISTED)
                    .forEach(step -> beginStep(saga, step.step(), at));
        }
        return saga;
    }

    private static Span of(SagaState state, Span span) {
        span.tag("saga.id", state.sagaId().value());
        String key = state.started().key();
        return key == null ? span : span.tag("saga.key", key);
    }

    private void beginStep(Live saga, Step step, Instant at) {
        saga.steps.computeIfAbsent(step, joined -> started(saga.begun, "step " + joined, at));
    }

    private void take(SagaLogEntry entry, Live saga) {
        SagaEvent event = entry.event();
        Instant at = entry.timestamp();
        if (event instanceof SagaEvent.Enlist enlist) {
            beginStep(saga, enlist.step(), at);
        } else if (event instanceof SagaEvent.Success success) {
            endStep(saga, success.step(), "SUCCEEDED", null, at);
        } else if (event instanceof SagaEvent.StepRejected rejected) {
            endStep(saga, rejected.step(), "REJECTED", rejected.error(), at);
        } else if (event instanceof SagaEvent.StepUnknown unknown) {
            endStep(saga, unknown.step(), "UNKNOWN", unknown.error(), at);
        } else if (event instanceof SagaEvent.StepTimeout timeout) {
            endStep(saga, timeout.step(), "TIMED_OUT", "no reply", at);
        } else if (event instanceof Awaits.StepAnswered answer) {
            String no = answer.error() == null ? answer.code() : answer.error();
            endStep(saga, answer.step(), answer.isRejection() ? "REJECTED" : "SUCCEEDED", no, at);
        } else if (event instanceof SagaEvent.CompensateSuccess success) {
            end(started(saga.begun, "compensate " + success.step(), saga.last), at);
        } else if (event instanceof SagaEvent.StepUndone undone) {
            end(started(saga.begun, "compensate " + undone.step(), saga.last), at);
        } else if (event instanceof SagaEvent.StepCompensateFailed failed) {
            end(SagaError.on(started(saga.begun, "compensate " + failed.step(), saga.last), text(failed.error())), at);
        } else if (event instanceof SagaEvent.CompleteSuccess success) {
            end(started(saga.begun, "complete " + success.step(), saga.last), at);
        } else {
            saga.wanted |= event instanceof SagaEvent.Fail fail && SagaOperator.isCancellation(fail);
            saga.saga.event(event.type(), micros(at), TimeUnit.MICROSECONDS);
        }
    }

    private static void endStep(Live saga, Step step, String outcome, @Nullable String error, Instant at) {
        Span span = saga.steps.remove(step);
        if (span != null) {
            span.tag("saga.outcome", outcome);
            if (error != null) {
                SagaError.on(span, error);
            }
            end(span, at);
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
