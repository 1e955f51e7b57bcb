package dev.caravan.saga.camel;

import dev.caravan.saga.Step;
import dev.caravan.saga.engine.AwaitedSteps.Wait;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.PendingReplies.Pending;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.state.Awaits;
import dev.caravan.saga.state.StepFailure;
import dev.caravan.saga.state.StepState;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * What a step waits for that may take days. That it waits is in the log before anybody is asked, and the exchange ends then
 * if it can: the route is run again when there is an answer, or none in time.
 *
 * @param service that is sent the command; {@code null}: nobody is sent anything
 * @param reminder how long before the end of the time who has to answer is to be reminded
 */
record AwaitedReply(
        SagaHost host, @Nullable String service, String command, Duration timeout, Optional<Duration> reminder) {

    /** The log has it that the step failed: it need not be written down. */
    static final class InLogException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final Exception known;

        private InLogException(Exception known) {
            super(known.getMessage(), known, false, false);
            this.known = known;
        }
    }

    /** What the route is told. */
    static Throwable failure(Throwable failure) {
        return failure instanceof InLogException inLog ? inLog.known : failure;
    }

    /**
     * @param ask asks who has to answer, when it is in the log that the step waits
     * @return the reply, if one came; one whose outcome is in the log already is made of that, or an {@link InLogException}
     */
    CompletableFuture<SagaReply> await(
            Exchange exchange, LiveSaga saga, Step step, Supplier<CompletionStage<Void>> ask) {
        Pending pending = saga.expect(step, service, command, true);
        Wait wait = new Wait(step, command, service, timeout, reminder);
        return host.awaited()
                .begin(saga, wait, pending)
                .thenCompose(written -> {
                    if (!pending.reply().isDone()) {
                        ask.get().whenComplete((asked, failure) -> {
                            if (failure != null) {
                                host.executor().execute(() -> pending.reply().completeExceptionally(failure));
                            }
                        });
                    }
                    CompletableFuture<SagaReply> reply =
                            pending.reply().whenComplete((answer, failure) -> saga.forget(pending));
                    return Passivation.awaitLong(exchange, saga, step, command, reply);
                })
                .thenApply(reply -> reply == null ? inLog(saga, step) : reply);
    }

    private SagaReply inLog(LiveSaga saga, Step step) {
        StepState known = saga.state().step(step).orElseThrow();
        if (known.isAnswered(command)) {
            return new SagaReply(
                    saga.id(),
                    step,
                    command,
                    SagaReply.Status.SUCCESS,
                    known.results().get(command),
                    null,
                    null,
                    null);
        }
        saga.recorded().unheardFailure(step, command);
        throw new InLogException(
                exception(saga, step, Objects.requireNonNull(known.failures().get(command))));
    }

    /** What the route is told of a failure that the log has. */
    Exception exception(LiveSaga saga, Step step, StepFailure recorded) {
        return switch (recorded.kind()) {
            case TIMED_OUT -> new StepTimedOutException(saga.id(), step, command, timeout);
            case UNKNOWN -> new StepOutcomeUnknownException(saga.id(), step, recorded.error());
            default ->
                service == null && Awaits.TIMED_OUT.equals(recorded.code())
                        ? new StepTimedOutException(saga.id(), step, command, timeout)
                        : CommandProducer.rejection(recorded.code(), recorded.error());
        };
    }
}
