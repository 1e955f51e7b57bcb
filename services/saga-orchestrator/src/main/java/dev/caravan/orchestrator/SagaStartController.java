package dev.caravan.orchestrator;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.saga.camel.SagaStarter;
import dev.caravan.saga.host.StoppingException;
import dev.caravan.saga.log.EntryTooLargeException;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.CamelExchangeException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Starts a saga by the name of its route, if that is one of {@link StartableSagas}. */
@RestController
class SagaStartController {

    private final SagaStarter starter;
    private final StartableSagas sagas;

    SagaStartController(SagaStarter starter, StartableSagas sagas) {
        this.starter = starter;
        this.sagas = sagas;
    }

    /**
     * Sends the body to {@code direct:<name>}. The answer comes when START is durable.
     *
     * @param key what the application calls the saga
     */
    @PostMapping("/api/sagas/{name}")
    CompletableFuture<ResponseEntity<Map<String, String>>> start(
            @PathVariable String name, @RequestParam(required = false) String key, @RequestBody JsonNode body) {
        sagas.check(name);
        return starter.start("direct:" + name, body, key, Map.of())
                .accepted()
                .thenApply(sagaId -> ResponseEntity.accepted()
                        .location(URI.create("/api/sagas/" + sagaId))
                        .body(Map.of("sagaId", sagaId.value())));
    }

    /** Nothing was started: the route is a step's, or begins with no saga. */
    @ExceptionHandler
    ProblemDetail notASaga(CamelExchangeException failure) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, "No saga was started: " + failure.getMessage());
    }

    /** Nothing was started: the message is more than the saga log takes. */
    @ExceptionHandler
    ProblemDetail tooLarge(EntryTooLargeException failure) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.PAYLOAD_TOO_LARGE, failure.getMessage());
    }

    /** Nothing was started: this instance stops. */
    @ExceptionHandler
    ProblemDetail stopping(StoppingException failure) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE, failure.getMessage());
    }
}
