package dev.caravan.saga.engine;

import dev.caravan.saga.message.Question;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.state.Awaits;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepState;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Takes in what participants answer. A reply is handed to who waits for it; without one, it is written down as late: once for
 * each command, and for a few commands only, so that nobody makes a log grow by answering what was not asked. Thread-safe.
 */
public final class SagaReplies {

    private final SagaHost host;
    private final AtomicLong withoutSaga = new AtomicLong();
    private final AtomicInteger unwritten = new AtomicInteger();

    SagaReplies(SagaHost host) {
        this.host = host;
    }

    /** The service that was asked for what this reply would answer; empty: nobody waits for it, or it is not known. */
    public Optional<String> askedFor(SagaReply reply) {
        return host.live(reply.sagaId()).flatMap(saga -> askedFor(saga, reply));
    }

    private static Optional<String> askedFor(LiveSaga saga, SagaReply reply) {
        return saga.pending().find(reply).map(PendingReplies.Pending::service);
    }

    /**
     * Takes one in. One for a saga that does not run here is of no use any more.
     *
     * @param service who says that it answers; {@code null}: it does not say
     * @return why the reply is refused: the saga has no such step, or the command went to another service. It has
     *     changed nothing. Empty: it was taken, or nobody waits for it.
     */
    public Optional<String> deliver(SagaReply reply, @Nullable String service) {
        if (Question.isAnswered(reply)) {
            return host.questions().answered(reply, service);
        }
        Optional<LiveSaga> saga = host.live(reply.sagaId());
        Optional<SagaState> state =
                saga.map(LiveSaga::state).or(() -> host.ownership().inFlight(reply.sagaId()));
        if (state.flatMap(known -> known.step(reply.step()))
                .filter(step -> isAwaited(step, reply))
                .isPresent()) {
            answer(saga.orElse(null), reply);
            return Optional.empty();
        }
        if (saga.isEmpty()) {
            withoutSaga.incrementAndGet();
        }
        return saga.flatMap(known -> deliver(known, reply, service));
    }

    /** What nobody was asked for would not come again. */
    private static boolean isAwaited(StepState step, SagaReply reply) {
        return step.isAwaiting()
                && step.awaiting() != null
                && step.awaiting().service() == null
                && (reply.command() == null || step.awaits(reply.command()));
    }

    private void answer(@Nullable LiveSaga saga, SagaReply reply) {
        String no = reply.outcome() == null ? "REJECTED" : reply.outcome().name();
        Awaits.StepAnswered answer = new Awaits.StepAnswered(
                reply.step(),
                reply.command(),
                reply.result(),
                reply.status() == SagaReply.Status.SUCCESS ? null : Objects.requireNonNullElse(reply.code(), no),
                reply.error(),
                null,
                null,
                null);
        unwritten.incrementAndGet();
        CompletableFuture<Void> written = saga == null || saga.isBeingTakenOver()
                ? host.requests().ask(reply.sagaId(), answer)
                : host.awaited().take(saga, answer);
        written.whenComplete((done, failure) -> unwritten.decrementAndGet());
    }

    /** True while the log may lack an answer that would not come again: replies are not to be taken for read meanwhile. */
    public boolean hasUnwritten() {
        return unwritten.get() > 0;
    }

    private Optional<String> deliver(LiveSaga saga, SagaReply reply, @Nullable String service) {
        Optional<String> asked = askedFor(saga, reply);
        if (asked.isPresent() && service != null && !service.equals(asked.get())) {
            return Optional.of("%s answers a command of step %s, which %s was asked for"
                    .formatted(service, reply.step(), asked.get()));
        }
        Optional<PendingReplies.Pending> waiting = saga.pending().take(reply);
        if (waiting.isPresent()) {
            host.executor().execute(() -> waiting.get().reply().complete(reply));
        } else if (saga.state().step(reply.step()).isEmpty()) {
            return Optional.of("Saga %s has no step %s".formatted(saga.id(), reply.step()));
        } else if (saga.state().isAnswered(reply.step(), reply.command())
                || !saga.late().add(reply.step() + "/" + reply.command())) {
            host.tell(SagaListener::onDuplicateReply);
        } else {
            saga.append(new SagaEvent.LateReply(
                    reply.step(), reply.command(), reply.status().name()));
        }
        return Optional.empty();
    }

    /** How many came for sagas that had ended or do not run here. They changed nothing. */
    public long withoutSaga() {
        return withoutSaga.get();
    }
}
