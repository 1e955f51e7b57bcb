package dev.caravan.saga.lra;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
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

    /** The value of the header {@code Link} with which a step joins. */
    String of(SagaId sagaId, Step enlisted, CamelSagaStep step) {
        String token = tokens.write(sagaId, enlisted);
        List<String> links = new ArrayList<>();
        links.add(link("compensate", token));
        if (step.getCompletion().isPresent()) {
            links.add(link("complete", token));
        }
        links.add(link("status", token));
        return String.join(",", links);
    }

    String status(String token) {
        return participant.get() + "/status/" + token;
    }

    private String link(String relation, String token) {
        return "<%s/%s/%s>; rel=\"%s\"".formatted(participant.get(), relation, token, relation);
    }
}
