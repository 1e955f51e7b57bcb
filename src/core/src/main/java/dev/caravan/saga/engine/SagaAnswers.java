package dev.caravan.saga.engine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.state.Awaits;
import dev.caravan.saga.state.SagaEvent;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What can be said to a saga whose steps wait: an answer, a signal, or that one has more time. Of a saga that runs in
 * another instance or application, it is asked for in its log, and who runs it acts on that. Thread-safe.
 */
public final class SagaAnswers {

    private final SagaHost host;

    SagaAnswers(SagaHost host) {
        this.host = host;
    }

    /** Who says it; both may be {@code null}. */
    public record By(@Nullable String who, @Nullable String reason) {

        /** Nobody in particular. */
        public static final By NOBODY = new By(null, null);
    }

    /** What is said: yes, with what the route goes on with, or no. */
    public record Answer(
            @Nullable JsonNode result,
            @Nullable String code,
            @Nullable String error) {

        public static Answer yes(@Nullable JsonNode result) {
            return new Answer(result, null, null);
        }

        /**
         * @param code for a program; {@code null}: REJECTED
         * @param error for a person; {@code null}: the code
         */
        public static Answer no(@Nullable String code, @Nullable String error) {
            String known = code == null ? "REJECTED" : code;
            return new Answer(null, known, error == null ? known : error);
        }

        /** @param code {@code null}: it is a yes, with the result; otherwise a no, with the error */
        public static Answer of(@Nullable JsonNode result, @Nullable String code, @Nullable String error) {
            return code == null ? yes(result) : no(code, error);
        }
    }

    /**
     * Answers what a step waits for. The first answer counts.
     *
     * @return completes when the log says so; fails with {@link IllegalStateException} when the saga runs here, and the step
     *     does not wait
     */
    public CompletableFuture<Void> answer(SagaId sagaId, Step step, Answer answer, By by) {
        return take(
                sagaId,
                new Awaits.StepAnswered(
                        step, null, answer.result(), answer.code(), answer.error(), by.who(), by.reason(), null));
    }

    /**
     * Says something that the first step takes which awaits this name, now or later.
     *
     * @param id one that was sent before changes nothing; {@code null}: it is sent once
     * @return completes when the log has it; fails with {@link IllegalStateException} when the saga runs here, and takes none
     *     any more
     */
    public CompletableFuture<Void> signal(SagaId sagaId, String name, @Nullable String id, Answer answer, By by) {
        return take(
                sagaId,
                new Awaits.Signal(
                        name,
                        id == null ? UUID.randomUUID().toString() : id,
                        answer.result(),
                        answer.code(),
                        answer.error(),
                        by.who(),
                        by.reason()));
    }

    /**
     * Moves the deadline of a step that waits.
     *
     * @return completes when the log says so; fails with {@link IllegalStateException} when the saga runs here, and the step
     *     does not wait, or cannot wait that long
     */
    public CompletableFuture<Void> moveDeadline(SagaId sagaId, Step step, Instant deadline, By by) {
        return take(sagaId, new Awaits.StepAwaits(step, null, null, deadline, null, by.who(), by.reason(), null));
    }

    private CompletableFuture<Void> take(SagaId sagaId, SagaEvent.OfAwaits event) {
        LiveSaga saga = host.live(sagaId).orElse(null);
        if (saga != null && !saga.isBeingTakenOver()) {
            return host.awaited().take(saga, event);
        }
        boolean ended = saga == null
                && host.ownership().owns(sagaId)
                && !host.ownership().isStuck(sagaId)
                && host.ownership().inFlight(sagaId).isEmpty();
        return ended
                ? CompletableFuture.failedFuture(
                        new IllegalStateException("Saga %s has ended, or is not known".formatted(sagaId)))
                : host.requests().ask(sagaId, event);
    }
}
