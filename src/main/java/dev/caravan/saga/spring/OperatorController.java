package dev.caravan.saga.spring;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.host.SagaOperator;
import java.util.concurrent.CompletableFuture;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What an operator can do with one saga. 202: the log says so, and it is being done. 409: not in its state, or not here. */
@RestController
@RequestMapping("/api/sagas/{sagaId}")
class OperatorController {

    private final SagaOperator operator;

    OperatorController(SagaOperator operator) {
        this.operator = operator;
    }

    /**
     * @param who the operator
     * @param reason why; both are in the log
     */
    record Order(String who, String reason) {
        Order {
            if (who == null || who.isBlank() || reason == null || reason.isBlank()) {
                throw new IllegalArgumentException("who and reason are needed");
            }
        }
    }

    private interface Action {
        CompletableFuture<Void> take(SagaId sagaId, String who, String reason);
    }

    @PostMapping("/retry")
    CompletableFuture<ResponseEntity<Void>> retry(@PathVariable String sagaId, @RequestBody Order order) {
        return take(operator::retry, sagaId, order);
    }

    @PostMapping("/resolve")
    CompletableFuture<ResponseEntity<Void>> resolve(@PathVariable String sagaId, @RequestBody Order order) {
        return take(operator::resolve, sagaId, order);
    }

    @PostMapping("/cancel")
    CompletableFuture<ResponseEntity<Void>> cancel(@PathVariable String sagaId, @RequestBody Order order) {
        return take(operator::cancel, sagaId, order);
    }

    private static CompletableFuture<ResponseEntity<Void>> take(Action action, String sagaId, Order order) {
        try {
            return action.take(new SagaId(sagaId), order.who(), order.reason())
                    .thenApply(done -> ResponseEntity.accepted().build());
        } catch (IllegalArgumentException e) {
            throw problem(HttpStatus.NOT_FOUND, e);
        } catch (IllegalStateException e) {
            throw problem(HttpStatus.CONFLICT, e);
        }
    }

    private static ErrorResponseException problem(HttpStatus status, RuntimeException cause) {
        ErrorResponseException problem = new ErrorResponseException(status, cause);
        problem.setDetail(cause.getMessage());
        return problem;
    }
}
