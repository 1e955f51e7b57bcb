package dev.caravan.saga.camel;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.StepKind;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.OpenSteps.Open;
import dev.caravan.saga.engine.PendingReplies.Pending;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.state.Awaits;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.StepFailure;
import dev.caravan.saga.state.StepState;
import dev.caravan.saga.time.Backoff;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** Sends a command of a step. The route goes on when the reply is {@linkplain LiveSaga#note noted}. */
class SagaCommandProducer extends CommandProducer {

    /** A reply that may take longer is awaited in the log, where people see since when and until when. */
    private static final Duration LONG = Duration.ofMinutes(1);

    private final Duration timeout;
    private final @Nullable Backoff backoff;
    private final AwaitedReply awaited;

    SagaCommandProducer(
            SagaCommandEndpoint endpoint, SagaHost host, Payloads payloads, Duration timeout, Backoff backoff) {
        super(endpoint, host, payloads);
        this.timeout = timeout;
        this.backoff = backoff;
        this.awaited = new AwaitedReply(host, service, command, timeout, Optional.empty());
    }

    /** Nobody is sent anything. */
    SagaCommandProducer(Endpoint endpoint, String what, SagaHost host, Payloads payloads, AwaitedReply awaited) {
        super(endpoint, null, what, null, host, payloads);
        this.timeout = awaited.timeout();
        this.backoff = null;
        this.awaited = awaited;
    }

    @Override
    CompletableFuture<JsonNode> run(Exchange exchange) {
        String longRunningAction = LongRunningAction.of(exchange)
                .orElseThrow(() -> new IllegalStateException(
                        name() + " is used outside of a saga: put it into a route with <saga>"));
        SagaId sagaId = SagaContext.of(exchange).sagaOf(longRunningAction);
        LiveSaga saga = SagaContext.of(exchange)
                .ended(sagaId)
                .or(() -> host.live(sagaId))
                .orElseThrow(
                        () -> new IllegalStateException("Saga %s has ended or does not run here".formatted(sagaId)));
        SagaContext.of(exchange).check(saga);
        Step begun = SagaContext.of(exchange).step();
        if (begun != null) {
            return OtherPaths.stopping(
                    exchange, saga, null, Failures.called(() -> command(exchange, saga, begun, longRunningAction)));
        }
        Open coming = saga.open().coming(exchange.getExchangeId());
        return OtherPaths.stopping(
                exchange,
                saga,
                null,
                Failures.called(() -> enlist(exchange, saga))
                        .whenComplete((step, failure) -> {
                            if (failure != null) {
                                coming.end();
                            }
                        })
                        .thenCompose(step -> whole(exchange, saga, step, longRunningAction, coming)));
    }

    /** A command that is a step of its own ends the step. */
    private CompletableFuture<JsonNode> whole(
            Exchange exchange, LiveSaga saga, Step step, String longRunningAction, Open coming) {
        Open open = saga.open().begin(step, exchange.getExchangeId());
        coming.end();
        StepFailure given = saga.state().step(step).orElseThrow().failures().get(UnfinishedSteps.BLOCK);
        CompletableFuture<JsonNode> answer = given == null
                ? command(exchange, saga, step, longRunningAction)
                : CompletableFuture.failedFuture(RecordedException.of(exchange.getContext(), saga.id(), step, given));
        return answer.whenComplete((done, failure) -> {
            if (failure == null || Failures.cause(failure) instanceof Passivation.PassivatedException) {
                open.end();
            } else {
                open.breakOff(Failures.text(failure), List.of());
            }
        });
    }

    /** A command in a route that is no step of its own is a step without compensation. */
    private CompletableFuture<Step> enlist(Exchange exchange, LiveSaga saga) {
        return SagaBranches.enlist(
                exchange, saga, new SagaEvent.Enlist(new Step(Steps.name(command), 1), null, null, Map.of()));
    }

    private CompletableFuture<JsonNode> command(Exchange exchange, LiveSaga saga, Step step, String longRunningAction) {
        Phase phase = SagaContext.of(exchange).phase();
        if (phase != Phase.ACTION) {
            return call(exchange, saga, step, phase, longRunningAction).thenApply(SagaReply::result);
        }
        Open open = saga.open().command(step, exchange.getExchangeId());
        return Failures.called(() -> act(exchange, saga, step, longRunningAction))
                .whenComplete((done, failure) -> open.end());
    }

    CompletableFuture<JsonNode> act(Exchange exchange, LiveSaga saga, Step step, String longRunningAction) {
        StepState recorded = saga.state().step(step).orElseThrow();
        if (SagaContext.of(exchange).isPartOf(saga.id())) {
            saga.recorded().asks(recorded, command, SagaBranches.pathOf(exchange, saga.id()));
        }
        if (recorded.isAnswered(command)) {
            return CompletableFuture.completedFuture(recorded.results().get(command));
        }
        if (recorded.enlistment().kind() == StepKind.RETRIABLE) {
            return afterChoice(exchange, saga, recorded)
                    .thenCompose(told -> untilDone(exchange, saga, step, longRunningAction, 1))
                    .thenCompose(reply -> record(saga, step, reply));
        }
        Optional<StepFailure> unheard = saga.recorded().unheardFailure(step, command);
        if (unheard.isPresent()) {
            return CompletableFuture.failedFuture(awaited.exception(saga, step, unheard.get()));
        }
        return afterChoice(exchange, saga, recorded)
                .thenCompose(told ->
                        afterRejection(saga, recorded, () -> attempt(exchange, saga, step, longRunningAction, 1)))
                .handle((reply, failure) -> failure == null
                        ? record(saga, step, reply)
                        : recordFailure(saga, step, Failures.cause(failure)))
                .thenCompose(recording -> recording);
    }

    /** Technical trouble and time-outs do not end a retriable step: its command is sent again, later and later. */
    private CompletableFuture<SagaReply> untilDone(
            Exchange exchange, LiveSaga saga, Step step, String longRunningAction, int attempt) {
        return ask(exchange, saga, step, longRunningAction, attempt)
                .handle((reply, failure) -> {
                    Throwable cause = failure == null ? null : AwaitedReply.failure(Failures.cause(failure));
                    if (cause != null && !(cause instanceof StepTimedOutException)) {
                        return CompletableFuture.<SagaReply>failedFuture(cause);
                    }
                    if (cause == null && reply.outcome() != SagaReply.Outcome.UNKNOWN) {
                        return CompletableFuture.completedFuture(reply);
                    }
                    String error = cause == null ? reply.error() : cause.getMessage();
                    return later(saga, step, attempt, error)
                            .thenCompose(done -> untilDone(exchange, saga, step, longRunningAction, attempt + 1));
                })
                .thenCompose(outcome -> outcome);
    }

    private CompletableFuture<Void> later(LiveSaga saga, Step step, int attempt, @Nullable String error) {
        CompletableFuture<Void> waited = new CompletableFuture<>();
        host.timers().schedule(Objects.requireNonNull(backoff).delayAfter(attempt), () -> waited.complete(null));
        return saga.append(new SagaEvent.StepRetry(step, command, attempt, error))
                .thenCompose(written -> waited);
    }

    /** Sends again while the outcome is unknown; a rejection and a time-out are final. */
    private CompletableFuture<SagaReply> attempt(
            Exchange exchange, LiveSaga saga, Step step, String longRunningAction, int attempt) {
        return ask(exchange, saga, step, longRunningAction, attempt).thenCompose(reply -> {
            if (reply.outcome() != SagaReply.Outcome.UNKNOWN
                    || Objects.requireNonNull(backoff).isUsedUp(attempt)) {
                return CompletableFuture.completedFuture(reply);
            }
            return later(saga, step, attempt, reply.error())
                    .thenCompose(done -> attempt(exchange, saga, step, longRunningAction, attempt + 1));
        });
    }

    /** Only the first attempt may be passivated, because a route that is run again counts from one. */
    private CompletableFuture<SagaReply> ask(
            Exchange exchange, LiveSaga saga, Step step, String longRunningAction, int attempt) {
        if (timeout.compareTo(LONG) > 0) {
            SagaCommand message = message(saga.id(), step, data(exchange, saga, step, Phase.ACTION), Phase.ACTION);
            return awaited.await(
                    exchange, saga, step, () -> host.send(message, headers(Phase.ACTION, longRunningAction)));
        }
        CompletableFuture<SagaReply> reply = call(exchange, saga, step, Phase.ACTION, longRunningAction);
        return attempt == 1 ? Passivation.await(exchange, saga, step, command, reply) : reply;
    }

    private CompletableFuture<JsonNode> record(LiveSaga saga, Step step, SagaReply reply) {
        if (saga.state().isAnswered(step, command)) {
            return CompletableFuture.completedFuture(
                    saga.state().step(step).orElseThrow().results().get(command));
        }
        if (reply.status() == SagaReply.Status.SUCCESS) {
            return saga.note(new SagaEvent.Success(step, command, reply.result()))
                    .thenApply(done -> reply.result());
        }
        SagaEvent event = reply.isRejection()
                ? new SagaEvent.StepRejected(step, command, reply.code(), reply.error())
                : new SagaEvent.StepUnknown(step, command, reply.error(), null, null, null, null);
        return saga.note(event).thenCompose(done -> CompletableFuture.failedFuture(exception(reply)));
    }

    private CompletableFuture<JsonNode> recordFailure(LiveSaga saga, Step step, Throwable failure) {
        if (failure instanceof AwaitedReply.InLogException) {
            return CompletableFuture.failedFuture(AwaitedReply.failure(failure));
        }
        CompletableFuture<Void> recorded = failure instanceof StepTimedOutException
                ? saga.note(new SagaEvent.StepTimeout(step, command, timeout.toMillis()))
                : CompletableFuture.completedFuture(null);
        return recorded.thenCompose(done -> CompletableFuture.failedFuture(failure));
    }

    /** The log has what a block chose to send before it is sent. */
    private CompletableFuture<Void> afterChoice(Exchange exchange, LiveSaga saga, StepState recorded) {
        BlockRun block = SagaContext.of(exchange).block();
        return block == null || recorded.sent().containsKey(command) || !block.chose(recorded.step(), command)
                ? CompletableFuture.completedFuture(null)
                : saga.append(new Awaits.StepSends(recorded.step(), command, SagaBranches.pathOf(exchange, saga.id())));
    }

    /** A step that was rejected is not undone. One that goes on with another command may be to be undone after all. */
    private CompletableFuture<SagaReply> afterRejection(
            LiveSaga saga, StepState recorded, Supplier<CompletableFuture<SagaReply>> attempt) {
        return recorded.status() == StepStatus.REJECTED
                ? saga.append(new SagaEvent.StepRetry(recorded.step(), command, 0, recorded.error()))
                        .thenCompose(written -> attempt.get())
                : attempt.get();
    }

    /** A deadline is absolute: of a command that another instance may have sent, what is left counts; never more than all. */
    private Duration remaining(LiveSaga saga, Step step, Phase phase) {
        return phase == Phase.ACTION
                ? saga.recorded()
                        .interruptedAt(step)
                        .map(since -> Duration.between(host.timers().clock().instant(), since.plus(timeout)))
                        .filter(left -> left.compareTo(timeout) < 0)
                        .orElse(timeout)
                : timeout;
    }

    private CompletableFuture<SagaReply> call(
            Exchange exchange, LiveSaga saga, Step step, Phase phase, String longRunningAction) {
        SagaCommand message = message(saga.id(), step, data(exchange, saga, step, phase), phase);
        Pending pending = saga.expect(step, service, command, phase == Phase.ACTION);
        Duration remaining = remaining(saga, step, phase);
        boolean isAnswered = pending.reply().isDone();
        if (isAnswered || remaining.isNegative() || remaining.isZero()) {
            saga.forget(pending);
            return isAnswered ? pending.reply() : CompletableFuture.failedFuture(late(saga, step));
        }
        Runnable cancel = host.timers().schedule(remaining, () -> fail(pending, late(saga, step)));
        host.send(message, headers(phase, longRunningAction)).whenComplete((sent, failure) -> {
            if (failure != null) {
                fail(pending, failure);
            }
        });
        CompletableFuture<SagaReply> answered = pending.reply().whenComplete((reply, failure) -> {
            cancel.run();
            saga.forget(pending);
        });
        return phase == Phase.ACTION
                ? answered
                : answered.thenCompose(reply -> reply.status() == SagaReply.Status.FAILED
                        ? CompletableFuture.failedFuture(exception(reply))
                        : CompletableFuture.completedFuture(reply));
    }

    private static Map<String, String> headers(Phase phase, String longRunningAction) {
        return phase == Phase.ACTION
                ? Map.of(Exchange.SAGA_LONG_RUNNING_ACTION, longRunningAction)
                : Map.of(Exchange.SAGA_LONG_RUNNING_ACTION, longRunningAction, SagaReply.WAITS_HEADER, "true");
    }

    /** What follows runs on the host's executor, as after a reply. */
    private void fail(Pending pending, Throwable failure) {
        host.executor().execute(() -> pending.reply().completeExceptionally(failure));
    }

    private StepTimedOutException late(LiveSaga saga, Step step) {
        return new StepTimedOutException(saga.id(), step, command, timeout);
    }

    private @Nullable JsonNode data(Exchange exchange, LiveSaga saga, Step step, Phase phase) {
        Object body = exchange.getIn().getBody();
        return phase == Phase.ACTION || body != null
                ? data(body)
                : payloads.callbackData(saga.state().step(step).orElseThrow());
    }
}
