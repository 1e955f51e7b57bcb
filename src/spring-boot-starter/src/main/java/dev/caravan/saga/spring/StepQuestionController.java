package dev.caravan.saga.spring;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.saga.Printable;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.camel.Failures;
import dev.caravan.saga.engine.SagaOperator;
import dev.caravan.saga.message.SensitiveFields;
import dev.caravan.saga.monitoring.SagaJson;
import dev.caravan.saga.state.StepTold;
import java.security.Principal;
import java.time.Duration;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;

/**
 * Asks participants what they hold of a step, by their own account. Nothing changes by that; who asks, and what is answered, is
 * in the saga log. No thread is held meanwhile.
 */
@RestController
@RequestMapping(path = "/api/sagas/{sagaId}", consumes = MediaType.APPLICATION_JSON_VALUE)
class StepQuestionController {

    private static final int SECONDS = 10;
    private static final long NEVER = 0;

    private final SagaOperator operator;
    private final SensitiveFields sensitive;

    /** @param sensitive what is masked in what was answered */
    StepQuestionController(SagaOperator operator, SensitiveFields sensitive) {
        this.operator = operator;
        this.sensitive = sensitive;
    }

    /** @param prefer {@code wait=N}: how many seconds the first answer is waited for, 60 at most; 10 by default */
    @PostMapping("/steps/{step}/ask")
    DeferredResult<ObjectNode> ask(
            @PathVariable String sagaId,
            @PathVariable String step,
            @RequestBody OperatorController.Order order,
            @RequestHeader(name = "Prefer", defaultValue = "wait=" + SECONDS) String prefer,
            Principal login) {
        String who = order.who(login);
        String why = order.why();
        int seconds = WaitPreference.seconds(prefer) == 0 ? SECONDS : WaitPreference.seconds(prefer);
        DeferredResult<ObjectNode> answer = new DeferredResult<>(NEVER);
        try {
            operator.ask(new SagaId(sagaId), Step.parse(step), who, why, Duration.ofSeconds(seconds))
                    .whenComplete((told, failure) -> {
                        if (failure == null) {
                            answer.setResult(json(step, told, seconds));
                        } else {
                            Throwable cause = Failures.cause(failure);
                            answer.setErrorResult(
                                    cause instanceof IllegalArgumentException
                                            ? Problem.of(HttpStatus.NOT_FOUND, cause.getMessage(), cause)
                                            : cause);
                        }
                    });
        } catch (IllegalArgumentException e) {
            throw Problem.of(HttpStatus.NOT_FOUND, e.getMessage(), e);
        }
        return answer;
    }

    private ObjectNode json(String step, List<StepTold> told, int seconds) {
        ObjectNode node = JsonNodeFactory.instance.objectNode().put("step", Printable.of(step));
        if (told.isEmpty()) {
            node.put(
                    "says",
                    "No answer within %d s: what the participant holds is not known. It may be away, or not know how to answer"
                            .formatted(seconds));
        }
        node.putArray("answers").addAll(told.stream().map(this::json).toList());
        return node;
    }

    private ObjectNode json(StepTold told) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        SagaJson.putIfThere(node, "service", told.service());
        SagaJson.putIfThere(node, "held", told.held());
        SagaJson.putIfThere(node, "command", told.command());
        SagaJson.putIfThere(node, "code", told.code());
        SagaJson.putIfThere(node, "error", told.error());
        SagaJson.putIfThere(node, "ending", told.ending());
        if (told.result() != null) {
            node.set("result", sensitive.mask(told.result()));
        }
        return node;
    }
}
