package dev.caravan.saga.state;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.saga.Step;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The events of steps that wait for an answer that may take days: to a command, or of a person or an event, of whom nothing
 * was asked; and of those that choose at run time which command is to be answered. None of them changes the status of the saga.
 */
public final class Awaits {

    /** The code of an answer that did not come before the deadline, where nobody was sent a command: nothing took effect. */
    public static final String TIMED_OUT = "TIMED_OUT";

    private Awaits() {}

    /**
     * A step, whose block chooses at run time which commands it sends, is about to send this one.
     *
     * @param path of the branch of the route that sends it
     */
    public record StepSends(
            @Required Step step,
            @Required String command,
            @Required String path) implements SagaEvent.OfAwaits {}

    /**
     * A step waits from now on. Said again when its deadline is moved.
     *
     * @param command what is waited for; {@code null}, in a request that moves the deadline: whatever it is
     * @param service that was sent the command; {@code null}: nobody was sent anything
     * @param reminderMillis how long before the deadline who has to answer is to be reminded; {@code null}: never
     * @param who moved the deadline; {@code null}: nobody
     * @param reason why
     * @param request the {@link SagaEvent.Request} that asked for it; {@code null}: none
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record StepAwaits(
            @Required Step step,
            @Nullable String command,
            @Nullable String service,
            @Required Instant deadline,
            @Nullable Long reminderMillis,
            @Nullable String who,
            @Nullable String reason,
            @Nullable String request)
            implements SagaEvent.OfAwaits {

        /** The same, asked for by a request. */
        public StepAwaits askedBy(String id) {
            return new StepAwaits(step, command, service, deadline, reminderMillis, who, reason, id);
        }
    }

    /** Who has to answer was reminded. */
    public record StepReminder(
            @Required Step step, @Required String command) implements SagaEvent.OfAwaits {}

    /**
     * What a step waits for is there, or will not come any more: the step took effect with this result, or nothing took
     * effect. The first one counts.
     *
     * @param command what it waited for; {@code null}, in a request: whatever it waits for
     * @param code of a no; {@code null}: it is a yes
     * @param error of a no, for a person; may be {@code null}
     * @param who answered; {@code null}: no person, or it is not known
     * @param reason why; may be {@code null}
     * @param signal the id of the {@link Signal} that the step took, or of the request that asked for it; {@code null}: none
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record StepAnswered(
            @Required Step step,
            @Nullable String command,
            @Nullable JsonNode result,
            @Nullable String code,
            @Nullable String error,
            @Nullable String who,
            @Nullable String reason,
            @Nullable String signal)
            implements SagaEvent.OfAwaits {

        @JsonIgnore
        public boolean isRejection() {
            return code != null;
        }

        /** The same, asked for by a request. */
        public StepAnswered askedBy(String id) {
            return new StepAnswered(step, command, result, code, error, who, reason, id);
        }

        /** The same without what the application got. */
        public StepAnswered without() {
            return new StepAnswered(step, command, null, code, error, who, reason, signal);
        }

        /** The same, to what the step waits for. */
        public StepAnswered to(String awaited) {
            return new StepAnswered(step, awaited, result, code, error, who, reason, signal);
        }
    }

    /**
     * Something came from outside that a step of the saga waits for, or will: the first one that waits for its name takes it.
     *
     * @param id one that is known changes nothing
     * @param code of a no; {@code null}: it is a yes
     * @param error of a no, for a person; may be {@code null}
     * @param who sent it; {@code null}: no person, or it is not known
     * @param reason why; may be {@code null}
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Signal(
            @Required String name,
            @Required String id,
            @Nullable JsonNode result,
            @Nullable String code,
            @Nullable String error,
            @Nullable String who,
            @Nullable String reason)
            implements SagaEvent.OfAwaits {

        /** The same without what the application got. */
        public Signal without() {
            return new Signal(name, id, null, code, error, who, reason);
        }

        /** What a step says that takes it. */
        public StepAnswered answers(Step step) {
            return new StepAnswered(step, name, result, code, error, who, reason, id);
        }
    }
}
