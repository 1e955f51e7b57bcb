package dev.caravan.saga.spring;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.camel.Failures;
import dev.caravan.saga.engine.SagaAnswers;
import dev.caravan.saga.engine.SagaAnswers.Answer;
import dev.caravan.saga.engine.SagaAnswers.By;
import dev.caravan.saga.state.EntryTooLargeException;
import java.security.Principal;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * What a person says to a saga whose steps wait. 202: the log says so; of a saga whose partition another instance owns: the
 * log says that it is asked for, and that instance does it or refuses it there. 400: nobody says who or why. 404: that is no
 * saga or step. 409: the step does not wait, or the saga has ended. 413: the answer is larger than the log takes.
 */
@RestController
@RequestMapping(path = "/api/sagas/{sagaId}", consumes = MediaType.APPLICATION_JSON_VALUE)
class AnswerController {

    private static final JsonMapper MAPPER = new JsonMapper();

    private final SagaAnswers answers;

    AnswerController(SagaAnswers answers) {
        this.answers = answers;
    }

    /**
     * @param who says it, where there is no login; who has logged in is not asked
     * @param reason why; both are in the log
     * @param id of a signal: one that is known changes nothing
     * @param body any JSON, with which the route goes on; none leaves its message as it is
     * @param code of a no; {@code null}: it is a yes
     * @param error of a no, for a person
     * @param deadline until when the step may wait
     */
    record Said(String who, String reason, String id, Object body, String code, String error, Instant deadline) {

        By by(Principal login) {
            OperatorController.Order order = new OperatorController.Order(who, reason);
            return new By(order.who(login), order.why());
        }

        Answer answer() {
            return Answer.of(body == null ? null : MAPPER.valueToTree(body), code, error);
        }
    }

    @PostMapping("/steps/{step}/reply")
    CompletableFuture<ResponseEntity<Void>> reply(
            @PathVariable String sagaId, @PathVariable String step, @RequestBody Said said, Principal login) {
        By by = said.by(login);
        return take(() -> answers.answer(new SagaId(sagaId), Step.parse(step), said.answer(), by));
    }

    @PostMapping("/steps/{step}/deadline")
    CompletableFuture<ResponseEntity<Void>> deadline(
            @PathVariable String sagaId, @PathVariable String step, @RequestBody Said said, Principal login) {
        By by = said.by(login);
        if (said.deadline() == null) {
            throw Problem.of(HttpStatus.BAD_REQUEST, "deadline is missing: a time such as 2026-03-01T12:00:00Z");
        }
        return take(() -> answers.moveDeadline(new SagaId(sagaId), Step.parse(step), said.deadline(), by));
    }

    @PostMapping("/signals/{name}")
    CompletableFuture<ResponseEntity<Void>> signal(
            @PathVariable String sagaId, @PathVariable String name, @RequestBody Said said, Principal login) {
        By by = said.by(login);
        return take(() -> answers.signal(new SagaId(sagaId), name, said.id(), said.answer(), by));
    }

    private static CompletableFuture<ResponseEntity<Void>> take(Supplier<CompletableFuture<Void>> what) {
        CompletableFuture<Void> taken;
        try {
            taken = what.get();
        } catch (IllegalArgumentException e) {
            throw Problem.of(HttpStatus.NOT_FOUND, e.getMessage());
        }
        return taken.handle((done, failure) -> answered(failure));
    }

    /** @param failure {@code null}: the log has what was asked for */
    static ResponseEntity<Void> answered(Throwable failure) {
        if (failure == null) {
            return ResponseEntity.accepted().build();
        }
        Throwable cause = Failures.cause(failure);
        if (cause instanceof EntryTooLargeException) {
            throw Problem.of(HttpStatus.PAYLOAD_TOO_LARGE, cause.getMessage());
        } else if (cause instanceof IllegalStateException) {
            throw Problem.of(HttpStatus.CONFLICT, cause.getMessage());
        }
        throw new CompletionException(cause);
    }
}
