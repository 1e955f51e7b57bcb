package dev.caravan.saga.spring;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.engine.SagaOperator;
import dev.caravan.saga.message.SensitiveFields;
import java.security.Principal;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * What an operator can do with one saga, or with one step of it. 202: the log says so, and it is being done; of a saga whose partition another
 * instance owns: the log says that it is asked for, and that instance does it or refuses it there. 400: nobody says who or
 * why. 409: not in its state.
 */
@RestController
@RequestMapping(path = "/api/sagas/{sagaId}", consumes = MediaType.APPLICATION_JSON_VALUE)
class OperatorController {

    private final SagaOperator operator;

    OperatorController(SagaOperator operator) {
        this.operator = operator;
    }

    /**
     * @param who the operator, where there is no login; who has logged in is not asked
     * @param reason why; both are in the log
     */
    record Order(String who, String reason) {

        String who(Principal login) {
            return login == null ? given("who", who) : login.getName();
        }

        String why() {
            return given("reason", reason);
        }

        private static String given(String field, String value) {
            if (value == null || value.isBlank()) {
                throw Problem.of(HttpStatus.BAD_REQUEST, field + " is missing: it is written down");
            }
            return value.strip();
        }
    }

    private interface Action {
        CompletableFuture<Void> take(SagaId sagaId, String who, String reason);
    }

    @PostMapping("/retry")
    CompletableFuture<ResponseEntity<Void>> retry(
            @PathVariable String sagaId, @RequestBody Order order, Principal login) {
        return take(operator::retry, sagaId, order, login);
    }

    @PostMapping("/resolve")
    CompletableFuture<ResponseEntity<Void>> resolve(
            @PathVariable String sagaId, @RequestBody Order order, Principal login) {
        return take(operator::resolve, sagaId, order, login);
    }

    @PostMapping("/cancel")
    CompletableFuture<ResponseEntity<Void>> cancel(
            @PathVariable String sagaId, @RequestBody Order order, Principal login) {
        return take(operator::cancel, sagaId, order, login);
    }

    @PostMapping("/steps/{step}/retry")
    CompletableFuture<ResponseEntity<Void>> retryStep(
            @PathVariable String sagaId, @PathVariable String step, @RequestBody Order order, Principal login) {
        return take((saga, who, why) -> operator.retry(saga, Step.parse(step), who, why), sagaId, order, login);
    }

    @PostMapping("/steps/{step}/resolve")
    CompletableFuture<ResponseEntity<Void>> resolveStep(
            @PathVariable String sagaId, @PathVariable String step, @RequestBody Order order, Principal login) {
        return take((saga, who, why) -> operator.resolve(saga, Step.parse(step), who, why), sagaId, order, login);
    }

    /**
     * @param who as in {@link Order}
     * @param reason likewise
     * @param data of a correction: fields that take the place of the step's results and options of the same name
     * @param correction of a confirmation: the number of the correction that is confirmed
     */
    record Corrected(String who, String reason, Map<String, Object> data, Long correction) {

        Order order() {
            return new Order(who, reason);
        }
    }

    @PostMapping("/steps/{step}/correct")
    CompletableFuture<ResponseEntity<Void>> correctStep(
            @PathVariable String sagaId, @PathVariable String step, @RequestBody Corrected body, Principal login) {
        if (body.data() == null || body.data().isEmpty()) {
            throw Problem.of(HttpStatus.BAD_REQUEST, "data is missing: an object with the fields that are corrected");
        }
        Masked.in(body.data()).ifPresent(field -> {
            throw Problem.of(
                    HttpStatus.BAD_REQUEST,
                    "data has the mask %s in %s, which would be sent as it is: give the field in clear, or leave it out to send what the log has"
                            .formatted(SensitiveFields.MASK, field));
        });
        return take(
                (saga, who, why) -> operator.correct(saga, Step.parse(step), body.data(), who, why),
                sagaId,
                body.order(),
                login);
    }

    @PostMapping("/steps/{step}/confirm")
    CompletableFuture<ResponseEntity<Void>> confirmStep(
            @PathVariable String sagaId, @PathVariable String step, @RequestBody Corrected body, Principal login) {
        if (body.correction() == null) {
            throw Problem.of(HttpStatus.BAD_REQUEST, "correction is missing: the number of what is confirmed");
        }
        return take(
                (saga, who, why) -> operator.confirm(saga, Step.parse(step), body.correction(), who, why),
                sagaId,
                body.order(),
                login);
    }

    private static CompletableFuture<ResponseEntity<Void>> take(
            Action action, String sagaId, Order order, Principal login) {
        String who = order.who(login);
        String why = order.why();
        try {
            return action.take(new SagaId(sagaId), who, why)
                    .handle((done, failure) -> AnswerController.answered(failure));
        } catch (IllegalArgumentException e) {
            throw Problem.of(HttpStatus.NOT_FOUND, e.getMessage(), e);
        } catch (IllegalStateException e) {
            throw Problem.of(HttpStatus.CONFLICT, e.getMessage(), e);
        }
    }
}
