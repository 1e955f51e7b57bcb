package dev.caravan.saga.participant;

import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.time.Backoff;
import java.time.Duration;
import java.util.Optional;

/** Does one command of a participant. Called concurrently for different sagas, in order for one. May block. */
@FunctionalInterface
public interface CommandHandler {

    /** Three attempts, half a second and one second apart. */
    Backoff THREE_ATTEMPTS = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(30), 3);

    /** @throws Exception technical trouble; when all attempts are used up, the saga is told that the outcome is unknown */
    SagaReply handle(SagaCommand command) throws Exception;

    /** How often, and how soon, a command is handled again after technical trouble. Other commands of its saga wait. */
    default Backoff backoff() {
        return THREE_ATTEMPTS;
    }

    /** Which inbox stands before it, to be asked what it holds; empty: it is not known. */
    default Optional<Inbox> inbox() {
        return Optional.empty();
    }

    /** How this command can be done in one transaction with commands of other sagas; empty: it is done by itself. */
    default Optional<Batchable> batchable(SagaCommand command) {
        return Optional.empty();
    }
}
