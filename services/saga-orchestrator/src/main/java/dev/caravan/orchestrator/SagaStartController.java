package dev.caravan.orchestrator;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.camel.SagaConstants;
import dev.caravan.saga.camel.SagaStarter;
import dev.caravan.saga.camel.StartTime;
import dev.caravan.saga.camel.StartedSaga;
import dev.caravan.saga.engine.KeyTakenException;
import dev.caravan.saga.engine.NoPartitionException;
import dev.caravan.saga.engine.SagaStartNotKnownException;
import dev.caravan.saga.engine.StoppingException;
import dev.caravan.saga.engine.TooManySagasException;
import dev.caravan.saga.state.EntryTooLargeException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.CamelExchangeException;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.UriComponentsBuilder;

/** Starts a saga by the name of its route, if that is one of {@link StartableSagas}. */
@RestController
class SagaStartController {

    /** Below the half minute after which the web server answers by itself, with a bare 503. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final String RETRY_AFTER_SECONDS = "5";

    private final SagaStarter starter;
    private final StartableSagas sagas;
    private final Duration patience;
    private final Clock clock = Clock.systemUTC();

    @Autowired
    SagaStartController(SagaStarter starter, StartableSagas sagas) {
        this(starter, sagas, PATIENCE);
    }

    SagaStartController(SagaStarter starter, StartableSagas sagas, Duration patience) {
        this.starter = starter;
        this.sagas = sagas;
        this.patience = patience;
    }

    /**
     * Sends the body to {@code direct:<name>}. The answer comes when START is durable. Where that takes too long, or is
     * not certain, the answer is 202 with {@code started: "unknown"} and the key to ask for; a problem says {@code started:
     * false}. Of requests with one key there is one saga: 202 with its id while it runs, 200 when it has ended, each with its
     * status, and 422 for another body.
     *
     * @param key what the application calls the saga; without one, it gets one
     * @param idempotencyKey the same as a header, as the IETF's draft has it
     * @param at when it is to begin, such as {@code 2026-12-24T18:00:00Z}; without, and without {@code after}, now
     * @param after how long from now, such as {@code 48h}
     */
    @PostMapping("/api/sagas/{name}")
    CompletableFuture<ResponseEntity<Map<String, String>>> start(
            @PathVariable String name,
            @RequestParam(required = false) String key,
            @RequestHeader(name = "Idempotency-Key", required = false) String idempotencyKey,
            @RequestParam(required = false) String at,
            @RequestParam(required = false) String after,
            @RequestBody JsonNode body) {
        sagas.check(name);
        String known = RequestKey.of(key, idempotencyKey)
                .orElseGet(() -> UUID.randomUUID().toString());
        Optional<Instant> begins = begins(at, after);
        StartedSaga started = starter.start("direct:" + name, body, known, headers(begins));
        return started.before()
                .thenCombine(started.accepted(), (before, sagaId) -> accepted(sagaId, known, before, begins))
                .toCompletableFuture()
                .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionallyCompose(failure -> isNotKnown(failure)
                        ? CompletableFuture.completedFuture(notKnown(known))
                        : CompletableFuture.failedFuture(failure));
    }

    private Optional<Instant> begins(String at, String after) {
        try {
            return StartTime.of(at, after, clock);
        } catch (IllegalArgumentException e) {
            throw new ErrorResponseException(
                    HttpStatus.BAD_REQUEST,
                    notStarted(HttpStatus.BAD_REQUEST, "No saga was started: " + e.getMessage()),
                    e);
        }
    }

    private static Map<String, Object> headers(Optional<Instant> begins) {
        return begins.map(when -> Map.<String, Object>of(SagaConstants.START_AT, when.toString()))
                .orElseGet(Map::of);
    }

    private static ResponseEntity<Map<String, String>> accepted(
            SagaId sagaId, String key, Optional<SagaStatus> before, Optional<Instant> begins) {
        Map<String, String> answer = new LinkedHashMap<>(Map.of("sagaId", sagaId.value(), "key", key));
        before.ifPresentOrElse(
                status -> answer.put("status", status.name()),
                () -> begins.ifPresent(when -> answer.put("startsAt", when.toString())));
        return ResponseEntity.status(
                        before.filter(SagaStatus::isTerminal).isPresent() ? HttpStatus.OK : HttpStatus.ACCEPTED)
                .location(URI.create("/api/sagas/" + sagaId))
                .body(answer);
    }

    private static boolean isNotKnown(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof TimeoutException || cause instanceof SagaStartNotKnownException;
    }

    private static ResponseEntity<Map<String, String>> notKnown(String key) {
        return ResponseEntity.accepted()
                .location(UriComponentsBuilder.fromPath("/api/sagas")
                        .queryParam("text", "{key}")
                        .build(key))
                .body(Map.of("key", key, "started", "unknown"));
    }

    /** Nothing was started: the route is a step's, or begins with no saga. */
    @ExceptionHandler
    ProblemDetail notASaga(CamelExchangeException failure) {
        return notStarted(HttpStatus.CONFLICT, "No saga was started: " + failure.getMessage());
    }

    /** Nothing was started: the key is that of another request. */
    @ExceptionHandler
    ProblemDetail keyTaken(KeyTakenException failure) {
        ProblemDetail problem = notStarted(HttpStatus.UNPROCESSABLE_ENTITY, failure.getMessage());
        problem.setProperty("sagaId", failure.saga().value());
        return problem;
    }

    /** Nothing was started: the message is more than the saga log takes. */
    @ExceptionHandler
    ProblemDetail tooLarge(EntryTooLargeException failure) {
        return notStarted(HttpStatus.PAYLOAD_TOO_LARGE, failure.getMessage());
    }

    /** Nothing was started: this instance stops. */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> stopping(StoppingException failure) {
        return notNow(failure);
    }

    /** Nothing was started: this instance owns no partition of the saga log now. */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> noPartition(NoPartitionException failure) {
        return notNow(failure);
    }

    /** Nothing was started: this instance has enough to do. */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> tooMany(TooManySagasException failure) {
        return notNow(failure);
    }

    private static ResponseEntity<ProblemDetail> notNow(Exception failure) {
        return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE)
                .header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS)
                .body(notStarted(HttpStatus.SERVICE_UNAVAILABLE, failure.getMessage()));
    }

    private static ProblemDetail notStarted(HttpStatus status, String detail) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
        problem.setProperty("started", false);
        return problem;
    }
}
