package dev.caravan.saga.lra;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.machine.SagaState;
import dev.caravan.saga.machine.StepState;
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
        String token = tokens.write(saga.sagaId(), step.step());
        List<String> links = new ArrayList<>();
        links.add(link("compensate", token));
        if (step.completion().isPresent()) {
            links.add(link("complete", token));
        }
        links.add(link("status", token));
        boolean first = saga.steps().stream()
                .filter(LraLinks::isCalledBack)
                .findFirst()
                .map(StepState::step)
                .equals(Optional.of(step.step()));
        if (first) {
            links.add(link("after", token));
        }
        return String.join(",", links);
    }

    /** For a step that joins a saga of another application or instance, which hears of its end itself. */
    String ofJoined(SagaId sagaId, Step step, CamelSagaStep declared) {
        String token = tokens.write(sagaId, step);
        List<String> links = new ArrayList<>();
        links.add(link("compensate", token));
        if (declared.getCompletion().isPresent()) {
            links.add(link("complete", token));
        }
        links.add(link("status", token));
        return String.join(",", links);
    }

    static boolean isCalledBack(StepState step) {
        return step.compensation().isPresent() || step.completion().isPresent();
    }

    String status(String token) {
        return participant.get() + "/status/" + token;
    }

    private String link(String relation, String token) {
        return "<%s/%s/%s>; rel=\"%s\"".formatted(participant.get(), relation, token, relation);
    }
}
