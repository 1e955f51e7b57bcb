package dev.caravan.saga.metrics;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.camel.StartLimit;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.engine.SagaListener;
import dev.caravan.saga.state.Awaits;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepState;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;

/**
 * What this instance does, in numbers. Each event is counted by the instance that appended it, so that the sum over
 * instances is right. Tags are names of sagas and steps and words of Caravan: never an id. Thread-safe.
 */
public final class SagaMetrics implements SagaListener {

    private static final Duration[] BUCKETS = {
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofMinutes(1),
        Duration.ofMinutes(5)
    };

    private final MeterRegistry meters;
    private final MessageMetrics messages;
    private final Set<SagaId> opened = ConcurrentHashMap.newKeySet();

    public SagaMetrics(MeterRegistry meters) {
        this.meters = meters;
        this.messages = new MessageMetrics(meters);
    }

    /** Shows how many sagas the host runs, and the replies that came for none of them. */
    public void watch(SagaHost host) {
        Gauge.builder(MessageMetrics.PREFIX + "sagas.in.flight", host, SagaHost::size)
                .description("Sagas that this instance runs")
                .register(meters);
        Gauge.builder(MessageMetrics.PREFIX + "sagas.stuck", host, running -> running.ownership()
                        .stuck())
                .description("Sagas that were taken over often, came no further, and wait for a person")
                .register(meters);
        Gauge.builder(MessageMetrics.PREFIX + "sagas.waiting", host, SagaHost::waiting)
                .description("Sagas that this instance runs of which a step waits for an answer that may take days")
                .register(meters);
        FunctionCounter.builder(MessageMetrics.PREFIX + "replies.unclaimed", host, here -> here.replies()
                        .withoutSaga())
                .description("Replies for sagas that had ended or do not run here")
                .register(meters);
    }

    /** @param passivated exchanges of this service that ended because too many waited for a reply */
    public <T> void showPassivations(T service, ToDoubleFunction<T> passivated) {
        FunctionCounter.builder(MessageMetrics.PREFIX + "exchanges.passivated", service, passivated)
                .description("Exchanges that ended while they waited for a reply, because too many did")
                .register(meters);
    }

    /** Shows how many sagas are taken in, and how many are not. */
    public void showStarts(StartLimit limit) {
        Gauge.builder(MessageMetrics.PREFIX + "starts.limit", limit, StartLimit::limit)
                .description("Sagas that may be in their first ten seconds; 0: any number")
                .register(meters);
        Gauge.builder(MessageMetrics.PREFIX + "starts.young", limit, StartLimit::young)
                .description("Sagas in their first ten seconds")
                .register(meters);
        FunctionCounter.builder(MessageMetrics.PREFIX + "starts.refused", limit, StartLimit::refused)
                .description("Sagas that were not started, because too many had begun before")
                .register(meters);
    }

    @Override
    public void onEntry(SagaLogEntry entry, SagaState after) {
        if (after.start() == null) {
            return;
        }
        String saga = after.name();
        SagaEvent event = entry.event();
        if (event instanceof SagaEvent.Start) {
            count(MessageMetrics.PREFIX + "sagas.started", "Sagas that were started", "saga", saga);
        } else if (event instanceof SagaEvent.Timeout) {
            count(
                    MessageMetrics.PREFIX + "saga.timeouts",
                    "Sagas that were undone because of a time-out",
                    "saga",
                    saga);
        } else if (event instanceof SagaEvent.LateReply) {
            messages.late(MessageMetrics.Kind.REPLY);
        } else if (event instanceof SagaEvent.Resume) {
            count(MessageMetrics.PREFIX + "sagas.recovered", "Sagas that were taken over and went on", "saga", saga);
        } else if (!end(event, entry.timestamp(), after)) {
            step(event, entry.timestamp(), after);
        }
    }

    private boolean end(SagaEvent event, Instant at, SagaState after) {
        boolean ends = event instanceof SagaEvent.Complete
                || event instanceof SagaEvent.CompensateComplete
                || event instanceof SagaEvent.CompensateFail
                || event instanceof SagaEvent.CompleteFail
                || event instanceof SagaEvent.Resolve;
        if (event instanceof SagaEvent.Retry) {
            opened.add(after.sagaId());
        }
        boolean endedBefore =
                event instanceof SagaEvent.Resolve || after.status().isTerminal() && opened.remove(after.sagaId());
        if (ends && endedBefore) {
            count(
                    MessageMetrics.PREFIX + "sagas.repaired",
                    "Sagas that were FAILED, and what became of them by an operator",
                    "saga",
                    after.name(),
                    "status",
                    after.status().name());
        } else if (ends && after.status().isTerminal()) {
            Timer.builder(MessageMetrics.PREFIX + "saga.duration")
                    .description("From the start of a saga to its first end; the count is that of sagas that ended")
                    .tags("saga", after.name(), "status", after.status().name())
                    .serviceLevelObjectives(BUCKETS)
                    .register(meters)
                    .record(Duration.between(after.startedAt(), at));
        }
        return ends;
    }

    private void step(SagaEvent event, Instant at, SagaState after) {
        if (event instanceof SagaEvent.Success success) {
            took(success.step(), "SUCCEEDED", at, after);
        } else if (event instanceof SagaEvent.StepRejected rejected) {
            took(rejected.step(), "REJECTED", at, after);
        } else if (event instanceof SagaEvent.StepUnknown unknown) {
            took(unknown.step(), "UNKNOWN", at, after);
        } else if (event instanceof SagaEvent.StepTimeout timeout) {
            took(timeout.step(), "TIMED_OUT", at, after);
        } else if (event instanceof Awaits.StepAnswered answer) {
            took(answer.step(), outcome(answer), at, after);
        } else if (event instanceof SagaEvent.StepRetry retry) {
            retried(retry.step(), "action", after);
        } else if (event instanceof SagaEvent.CompensateRetry retry) {
            retried(retry.step(), "compensation", after);
        } else if (event instanceof SagaEvent.CompleteRetry retry) {
            retried(retry.step(), "completion", after);
        }
    }

    private static String outcome(Awaits.StepAnswered answer) {
        if (Awaits.TIMED_OUT.equals(answer.code())) {
            return "TIMED_OUT";
        }
        return answer.isRejection() ? "REJECTED" : "SUCCEEDED";
    }

    private void took(Step step, String outcome, Instant at, SagaState after) {
        Instant begun = after.step(step).map(StepState::enlistedAt).orElse(at);
        boolean waited = after.step(step).map(StepState::awaiting).isPresent();
        Timer.builder(MessageMetrics.PREFIX + (waited ? "step.wait" : "step.duration"))
                .description(
                        waited
                                ? "From the enlistment of a step to the answer that it waited for, which may take days"
                                : "From the enlistment of a step to its outcome")
                .tags("saga", after.name(), "step", step.name(), "outcome", outcome)
                .serviceLevelObjectives(BUCKETS)
                .register(meters)
                .record(Duration.between(begun, at));
    }

    private void retried(Step step, String phase, SagaState after) {
        count(
                MessageMetrics.PREFIX + "step.retries",
                "Commands of steps that went wrong and are sent again",
                "saga",
                after.name(),
                "step",
                step.name(),
                "phase",
                phase);
    }

    private void count(String name, String description, String... tags) {
        Counter.builder(name)
                .description(description)
                .tags(tags)
                .register(meters)
                .increment();
    }

    @Override
    public void onRecovered(int sagas, Duration took) {
        Timer.builder(MessageMetrics.PREFIX + "recovery")
                .description("From getting a partition of the saga log until its sagas go on")
                .serviceLevelObjectives(BUCKETS)
                .register(meters)
                .record(took);
    }

    @Override
    public void onDuplicateReply() {
        messages.duplicate(MessageMetrics.Kind.REPLY);
    }
}
