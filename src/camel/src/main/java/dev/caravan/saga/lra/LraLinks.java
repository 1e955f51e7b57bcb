package dev.caravan.saga.lra;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.lra.CallbackToken.Verb;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepState;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.camel.saga.CamelSagaStep;

/** Where the coordinator reaches the steps of this application. */
final class LraLinks {

    private final Supplier<URI> participant;
    private final CallbackToken tokens;

    /** @param participant for instance {@code http://localhost:8080/lra-participant}; asked when it is first needed */
    LraLinks(Supplier<URI> participant, CallbackToken tokens) {
        this.participant = participant;
        this.tokens = tokens;
    }

    /**
     * The value of the header {@code Link} with which a step joins. The first one of a saga asks to be told how the LRA
     * ended, so that the log learns it, whoever ends it and whatever is down at that time.
     */
    String of(SagaState saga, StepState step) {
        List<String> links = new ArrayList<>();
        links.add(link(Verb.COMPENSATE, saga.sagaId(), step.step()));
        if (step.completion().isPresent()) {
            links.add(link(Verb.COMPLETE, saga.sagaId(), step.step()));
        }
        links.add(link(Verb.STATUS, saga.sagaId(), step.step()));
        boolean first = saga.steps().stream()
                .filter(LraLinks::isCalledBack)
                .findFirst()
                .map(StepState::step)
                .equals(Optional.of(step.step()));
        if (first) {
            links.add(link(Verb.AFTER, saga.sagaId(), step.step()));
        }
        return String.join(",", links);
    }

    /** For a step that joins a saga of another application or instance, which hears of its end itself. */
    String ofEnlisted(SagaId sagaId, Step step, CamelSagaStep declared) {
        List<String> links = new ArrayList<>();
        links.add(link(Verb.COMPENSATE, sagaId, step));
        if (declared.getCompletion().isPresent()) {
            links.add(link(Verb.COMPLETE, sagaId, step));
        }
        links.add(link(Verb.STATUS, sagaId, step));
        return String.join(",", links);
    }

    static boolean isCalledBack(StepState step) {
        return step.compensation().isPresent() || step.completion().isPresent();
    }

    String status(SagaId sagaId, Step step) {
        return url(Verb.STATUS, sagaId, step);
    }

    private String link(Verb verb, SagaId sagaId, Step step) {
        return "<%s>; rel=\"%s\"".formatted(url(verb, sagaId, step), verb.relation());
    }

    private String url(Verb verb, SagaId sagaId, Step step) {
        return "%s/%s/%s".formatted(participant.get(), verb.relation(), tokens.write(verb, sagaId, step));
    }
}
