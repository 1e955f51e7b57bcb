package dev.caravan.saga.spring;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.host.SagaHost;
import dev.caravan.saga.monitoring.SagaJson;
import dev.caravan.saga.monitoring.SagaView;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.springframework.http.HttpStatus;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Sagas over HTTP: the list, and one with its timeline. Payloads are left out. */
@RestController
@RequestMapping("/api/sagas")
class SagaController {

    private static final int MAX_LIMIT = 1000;

    private final SagaView view;
    private final SagaHost host;
    private final Executor workers;
    private final SagaJson json = new SagaJson();

    /** @param workers read the log, which blocks */
    SagaController(SagaView view, SagaHost host, Executor workers) {
        this.view = view;
        this.host = host;
        this.workers = workers;
    }

    @GetMapping
    ArrayNode list(
            @RequestParam(required = false) String status,
            @RequestParam(required = false) String name,
            @RequestParam(defaultValue = "100") int limit) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw problem(HttpStatus.BAD_REQUEST, "limit is %d; it goes from 1 to %d".formatted(limit, MAX_LIMIT));
        }
        return json.list(view.list(status(status), name, limit));
    }

    /**
     * One saga. With {@code Prefer: wait=N} (RFC 7240), a saga that runs in this instance is answered when it has
     * ended or goes on elsewhere, or after N seconds, at most 60; no thread is held meanwhile.
     */
    @GetMapping("/{sagaId}")
    CompletableFuture<ObjectNode> find(
            @PathVariable String sagaId, @RequestHeader(name = "Prefer", defaultValue = "") String prefer) {
        SagaId id = id(sagaId);
        CompletableFuture<?> ended = host.live(id)
                .<CompletableFuture<?>>map(saga -> saga.ended().copy())
                .orElseGet(() -> CompletableFuture.completedFuture(null));
        return ended.completeOnTimeout(null, Wait.seconds(prefer), TimeUnit.SECONDS)
                .thenApplyAsync(
                        done -> view.find(id)
                                .map(json::timeline)
                                .orElseThrow(() -> problem(HttpStatus.NOT_FOUND, "There is no saga " + sagaId)),
                        workers);
    }

    private static SagaId id(String text) {
        try {
            return new SagaId(text);
        } catch (IllegalArgumentException e) {
            throw problem(HttpStatus.NOT_FOUND, e.getMessage());
        }
    }

    private static SagaStatus status(String text) {
        try {
            return text == null || text.isBlank() ? null : SagaStatus.valueOf(text);
        } catch (IllegalArgumentException e) {
            throw problem(
                    HttpStatus.BAD_REQUEST,
                    "status is %s; it is one of %s".formatted(text, Arrays.toString(SagaStatus.values())));
        }
    }

    private static ErrorResponseException problem(HttpStatus status, String detail) {
        ErrorResponseException problem = new ErrorResponseException(status);
        problem.setDetail(detail);
        return problem;
    }
}
