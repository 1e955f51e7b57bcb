package dev.caravan.saga.lra;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.camel.StepTokens;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Names one enlistment in a callback URL: saga and step, signed, so that no coordinator can garble it and nobody else can
 * make one. Everything else about the enlistment is in the saga log.
 *
 * <p>A token is signed with a key of its {@link Verb} and is good for that one only: who has seen the URL of a status
 * cannot ask for a compensation. Tokens of 0.1.0-SNAPSHOT before that were good for every verb; a coordinator still calls
 * with those of LRAs that were in flight then. They are read, and none is written any more.
 */
final class CallbackToken {

    private final StepTokens ofAllVerbs;
    private final Map<Verb, StepTokens> tokens = new EnumMap<>(Verb.class);

    CallbackToken(byte[] secret) {
        if (secret.length < 16) {
            throw new IllegalArgumentException(
                    "The callback secret has %d bytes; it needs 16 or more".formatted(secret.length));
        }
        ofAllVerbs = StepTokens.of(secret);
        for (Verb verb : Verb.values()) {
            tokens.put(verb, StepTokens.of(secret, "callback/" + verb.relation()));
        }
    }

    /** What a coordinator may ask for with a token. */
    enum Verb {
        COMPENSATE,
        COMPLETE,
        STATUS,
        AFTER;

        /** As in the URL, and in the header {@code Link}. */
        String relation() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    record Enlistment(SagaId sagaId, Step step) {}

    String write(Verb verb, SagaId sagaId, Step step) {
        return Objects.requireNonNull(tokens.get(verb)).write(sagaId, step);
    }

    /** @return empty for a text that this application did not sign, or not for this verb */
    Optional<Enlistment> read(Verb verb, String text) {
        return Objects.requireNonNull(tokens.get(verb))
                .read(text)
                .or(() -> ofAllVerbs.read(text))
                .map(named -> new Enlistment(named.sagaId(), named.step()));
    }
}
