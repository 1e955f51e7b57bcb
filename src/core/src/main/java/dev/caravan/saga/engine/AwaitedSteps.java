package dev.caravan.saga.engine;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.state.Awaiting;
import dev.caravan.saga.state.Awaits;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.Signals;
import dev.caravan.saga.state.StepFailure;
import dev.caravan.saga.state.StepState;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The steps of the sagas that run here which wait for an answer that may take days. What they wait for, and its deadline, is
 * in the log, and so is the answer before the route goes on; in memory are two timers of each. The first answer counts.
 * After a crash the route is run again, comes to the step, and waits for what is left of the time. Thread-safe.
 */
public final class AwaitedSteps {

    private static final Logger LOGGER = SagaLogger.of(AwaitedSteps.class);

    private final SagaHost host;
    private final AwaitDeadlines deadlines;

    AwaitedSteps(SagaHost host) {
        this.host = host;
        this.deadlines = new AwaitDeadlines(host, this);
    }

    /** @param service that is sent the command; {@code null}: nobody is sent anything */
    public record Wait(
            Step step, String command, @Nullable String service, Duration timeout, Optional<Duration> reminder) {}

    /**
     * The step waits, or goes on to wait after a crash.
     *
     * @param reply of {@link LiveSaga#expect} for the same step and command
     * @return completes when the log says that the step waits, or has the answer already: the reply is done then. A reply that
     *     is {@code null} says that the outcome is in the log.
     */
    public CompletableFuture<Void> begin(LiveSaga saga, Wait wait, PendingReplies.Pending reply) {
        CompletableFuture<Void> written;
        synchronized (saga) {
            StepState step = saga.state().step(wait.step()).orElseThrow();
            if (step.isAnswered(wait.command()) || saga.recorded().hasUnheardFailure(wait.step(), wait.command())) {
                reply.reply().complete(null);
                return CompletableFuture.completedFuture(null);
            }
            Optional<Awaits.Signal> signal = signalFor(saga, wait);
            if (signal.isPresent()) {
                return saga.append(signal.get().answers(wait.step()))
                        .thenAccept(done -> reply.reply().complete(null));
            }
            written = step.awaits(wait.command()) ? CompletableFuture.completedFuture(null) : begin(saga, wait);
        }
        deadlines.watch(saga, reply);
        return written;
    }

    private CompletableFuture<Void> begin(LiveSaga saga, Wait wait) {
        Instant deadline = host.now().plus(wait.timeout());
        Instant limit = saga.state().deadline();
        if (limit != null && limit.isBefore(deadline)) {
            LOGGER.warn(
                    "Saga {} is undone if it has not ended at {}, and its step {} may wait until {}: make the saga's time-out longer",
                    saga,
                    limit,
                    wait.step(),
                    deadline);
        }
        return saga.append(new Awaits.StepAwaits(
                wait.step(),
                wait.command(),
                wait.service(),
                deadline,
                wait.reminder().map(Duration::toMillis).orElse(null),
                null,
                null,
                null));
    }

    private static Optional<Awaits.Signal> signalFor(LiveSaga saga, Wait wait) {
        Signals signals = saga.state().signals();
        return signals == null || wait.service() != null ? Optional.empty() : signals.next(wait.command());
    }

    /** Does what a {@link SagaEvent.Request} asks for. It may be heard again after a crash. */
    public CompletableFuture<Void> take(LiveSaga saga, SagaEvent.OfAwaits event, String request) {
        if (event instanceof Awaits.StepAnswered answer) {
            return take(saga, answer.askedBy(request));
        }
        return take(saga, event instanceof Awaits.StepAwaits moved ? moved.askedBy(request) : event);
    }

    /**
     * Does what was asked of a saga that runs here: an answer, a signal, or another deadline.
     *
     * @return completes when it is in the log, and was read back; fails with an {@link IllegalStateException} that says why
     *     it has no effect
     */
    public CompletableFuture<Void> take(LiveSaga saga, SagaEvent.OfAwaits event) {
        try {
            if (event instanceof Awaits.StepAnswered answer) {
                return answer(saga, answer);
            } else if (event instanceof Awaits.Signal signal) {
                return signal(saga, signal);
            } else if (event instanceof Awaits.StepAwaits moved) {
                return move(saga, moved);
            }
            throw new IllegalStateException("Nobody may ask for " + event.type());
        } catch (IllegalStateException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<Void> answer(LiveSaga saga, Awaits.StepAnswered answer) {
        synchronized (saga) {
            if (isKnown(saga, answer.signal())) {
                return CompletableFuture.completedFuture(null);
            }
            Awaiting awaiting = awaiting(saga, answer.step(), answer.command());
            return answered(saga, awaiting.command(), answer.to(awaiting.command()));
        }
    }

    /** Guarded by the saga. Whoever waits is found in the same moment, so that the route is told of it exactly once. */
    private CompletableFuture<Void> answered(LiveSaga saga, String awaited, Awaits.StepAnswered answer) {
        CompletableFuture<Void> written = saga.decide(answer);
        Optional<StepFailure> failure = answer.isRejection()
                ? Optional.of(new StepFailure(StepStatus.REJECTED, answer.code(), answer.error()))
                : Optional.empty();
        return tell(saga, answer.step(), awaited, failure, written);
    }

    /** Guarded by the saga. No answer came. Where nobody was sent a command, nothing took effect. */
    CompletableFuture<Void> late(LiveSaga saga, Step step, Awaiting awaiting) {
        long waited = Duration.between(awaiting.since(), awaiting.deadline()).toMillis();
        String error = "no answer until %s, within %d ms".formatted(awaiting.deadline(), waited);
        return awaiting.service() == null
                ? answered(
                        saga,
                        awaiting.command(),
                        new Awaits.StepAnswered(
                                step, awaiting.command(), null, Awaits.TIMED_OUT, error, null, null, null))
                : tell(
                        saga,
                        step,
                        awaiting.command(),
                        Optional.of(new StepFailure(StepStatus.TIMED_OUT, null, error)),
                        saga.decide(new SagaEvent.StepTimeout(step, awaiting.command(), waited)));
    }

    private static CompletableFuture<Void> tell(
            LiveSaga saga, Step step, String command, Optional<StepFailure> failure, CompletableFuture<Void> written) {
        if (written.isCompletedExceptionally()) {
            return written;
        }
        Optional<PendingReplies.Pending> waiting = saga.pending().take(step, command);
        if (waiting.isEmpty()) {
            failure.ifPresent(unheard -> saga.recorded().failed(step, command, unheard));
        }
        return written.thenRun(
                () -> waiting.ifPresent(pending -> pending.reply().complete(null)));
    }

    private CompletableFuture<Void> signal(LiveSaga saga, Awaits.Signal signal) {
        synchronized (saga) {
            if (saga.state().status() != SagaStatus.EXECUTING) {
                throw new IllegalStateException("Saga %s is %s: it takes no signal any more"
                        .formatted(saga.id(), saga.state().status()));
            }
            if (isKnown(saga, signal.id())) {
                return CompletableFuture.completedFuture(null);
            }
            Signals known = saga.state().signals();
            if (known != null && known.waiting().size() >= Signals.MOST) {
                throw new IllegalStateException("Saga %s has %d signals that no step has awaited yet: it takes no more"
                        .formatted(saga.id(), Signals.MOST));
            }
            CompletableFuture<Void> written = saga.decide(signal);
            return saga.state().awaiting().stream()
                    .filter(step -> step.awaited(signal.name())
                            .filter(awaiting -> awaiting.service() == null)
                            .isPresent())
                    .findFirst()
                    .map(step -> written.thenCombine(
                            answered(saga, signal.name(), signal.answers(step.step())), (done, taken) -> done))
                    .orElse(written);
        }
    }

    /** What was asked for in the log is heard again after a crash. */
    private static boolean isKnown(LiveSaga saga, @Nullable String id) {
        return id != null
                && saga.state().signals() != null
                && saga.state().signals().isKnown(id);
    }

    private CompletableFuture<Void> move(LiveSaga saga, Awaits.StepAwaits moved) {
        synchronized (saga) {
            if (isKnown(saga, moved.request())) {
                return CompletableFuture.completedFuture(null);
            }
            Awaiting awaiting = awaiting(saga, moved.step(), moved.command());
            Instant limit = saga.state().deadline();
            if (limit != null && moved.deadline().isAfter(limit)) {
                throw new IllegalStateException(
                        "Saga %s is undone if it has not ended at %s: step %s cannot wait until %s"
                                .formatted(saga.id(), limit, moved.step(), moved.deadline()));
            }
            CompletableFuture<Void> written = saga.decide(new Awaits.StepAwaits(
                    moved.step(),
                    awaiting.command(),
                    awaiting.service(),
                    moved.deadline(),
                    awaiting.reminderMillis(),
                    moved.who(),
                    moved.reason(),
                    moved.request()));
            saga.pending().find(moved.step(), awaiting.command()).ifPresent(reply -> deadlines.watch(saga, reply));
            return written;
        }
    }

    /** @param command {@code null}: any */
    private static Awaiting awaiting(LiveSaga saga, Step step, @Nullable String command) {
        if (saga.state().status() != SagaStatus.EXECUTING) {
            throw new IllegalStateException("Saga %s is %s: its steps wait for nothing any more"
                    .formatted(saga.id(), saga.state().status()));
        }
        StepState known = saga.state()
                .step(step)
                .orElseThrow(() -> new IllegalStateException(
                        "Saga %s has no step %s that waits: it has not come to it, or never will"
                                .formatted(saga.id(), step)));
        Awaiting awaiting = known.awaiting();
        if (awaiting == null || awaiting.over() || command != null && !known.awaits(command)) {
            throw new IllegalStateException("Step %s of saga %s does not wait for %s: it is %s"
                    .formatted(step, saga.id(), command == null ? "anything" : command, known.status()));
        }
        return awaiting;
    }
}
