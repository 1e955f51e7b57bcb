package dev.caravan.saga.spring;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.saga.Printable;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.camel.Failures;
import dev.caravan.saga.lra.CoordinatorLra;
import dev.caravan.saga.lra.CoordinatorLras;
import dev.caravan.saga.lra.LraException;
import dev.caravan.saga.monitoring.SagaView;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.ErrorResponseException;

/** The LRAs of the coordinator as they are shown, which of them are those of sagas, and what is said when it refuses. */
final class LraList {

    static final int MOST_AT_A_TIME = 8;

    private static final int SECONDS_TO_WAIT = 2;
    private static final int SERVER_ERROR = 500;

    private final Supplier<@Nullable CoordinatorLras> coordinator;
    private final SagaView view;
    private final Executor workers;
    private final Semaphore places = new Semaphore(MOST_AT_A_TIME);

    /**
     * @param coordinator {@code null}: sagas have none
     * @param workers go on with what it answers: a look at the list of sagas may block
     */
    LraList(Supplier<@Nullable CoordinatorLras> coordinator, SagaView view, Executor workers) {
        this.coordinator = coordinator;
        this.view = view;
        this.workers = workers;
    }

    boolean hasCoordinator() {
        return coordinator.get() != null;
    }

    CoordinatorLras coordinator() {
        CoordinatorLras lras = coordinator.get();
        if (lras == null) {
            throw Problem.of(
                    HttpStatus.NOT_FOUND,
                    "This application uses no LRA coordinator. LRAs are shown where caravan.coordinator is lra");
        }
        return lras;
    }

    CompletableFuture<CoordinatorLra> find(String uid) {
        return asked(() -> coordinator().find(uid), false);
    }

    /**
     * Asks the coordinator, for few at a time: its answers may be long.
     *
     * @param changes whether something is done, so that it is not known whether it was, if no answer comes
     */
    <T> CompletableFuture<T> asked(Supplier<CompletableFuture<T>> what, boolean changes) {
        if (!places.tryAcquire()) {
            return CompletableFuture.failedFuture(Problem.later(
                    HttpStatus.SERVICE_UNAVAILABLE,
                    "The LRA coordinator is being asked for others: try again later",
                    SECONDS_TO_WAIT));
        }
        return Failures.asFuture(what::get)
                .whenComplete((answer, failure) -> places.release())
                .handleAsync(
                        (answer, failure) -> {
                            if (failure != null) {
                                Throwable cause = Failures.cause(failure);
                                throw cause instanceof LraException refused
                                        ? problem(refused, changes)
                                        : new CompletionException(cause);
                            }
                            return answer;
                        },
                        workers);
    }

    private static ErrorResponseException problem(LraException refused, boolean changes) {
        String says = String.valueOf(refused.getMessage());
        if (refused.isGone()) {
            return Problem.of(HttpStatus.NOT_FOUND, says);
        } else if (refused.isTooLate()) {
            return Problem.of(HttpStatus.CONFLICT, says);
        } else if (changes && (refused.status() == 0 || refused.status() >= SERVER_ERROR)) {
            return Problem.of(
                    HttpStatus.GATEWAY_TIMEOUT,
                    says + ". It is not known whether it was done: look at the LRA before you ask again");
        }
        return Problem.later(HttpStatus.SERVICE_UNAVAILABLE, says, SECONDS_TO_WAIT);
    }

    /** The saga that it is the LRA of; empty for one of another client. */
    Optional<SagaId> sagaOf(CoordinatorLra lra) {
        return lra.sagaId()
                .filter(saga -> coordinator().isOwn(lra)
                        || view.line(saga)
                                .filter(line -> lra.application().equals(line.application()))
                                .isPresent());
    }

    ObjectNode json(CoordinatorLra lra) {
        return json(lra, sagaOf(lra));
    }

    /** @param saga that it is known to be the LRA of */
    ObjectNode json(CoordinatorLra lra, Optional<SagaId> saga) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("id", lra.uid());
        node.put("lraId", Printable.of(lra.id()));
        node.put("clientId", Printable.of(lra.clientId()));
        node.put("status", lra.status().name());
        put(node, "startedAt", lra.startedAt());
        put(node, "finishedAt", lra.finishedAt());
        put(node, "deadline", lra.deadline());
        node.put("topLevel", lra.topLevel());
        node.put("recovering", lra.recovering());
        saga.ifPresent(known -> node.put("sagaId", known.value()));
        return node;
    }

    private static void put(ObjectNode node, String field, @Nullable Instant time) {
        if (time != null) {
            node.put(field, time.toString());
        }
    }
}
