package dev.caravan.saga.state;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.StepKind;
import dev.caravan.saga.message.Phase;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a saga: the {@code event} of an entry of the saga log. The record's {@link #type()} is its
 * name on the wire; names and fields are frozen, new fields may be added. A {@link #transition()} asks for a new status.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public sealed interface SagaEvent {

    /** The name on the wire: that of the record, {@code STEP_REJECTED} for {@code StepRejected}. */
    default String type() {
        return EventTypes.of(getClass());
    }

    /** What the event asks of the state machine, if anything: the transition of the same name. */
    default Optional<Transition> transition() {
        return this instanceof Unknown ? Optional.empty() : Transition.named(type());
    }

    /** True for what is written beside the saga's own entries: it has sequence 0 and changes nothing. */
    default boolean standsBeside() {
        return this instanceof Request || this instanceof Refuse || this instanceof StartAnswer;
    }

    /**
     * The saga was accepted: with this, the route can be run again from the beginning.
     *
     * @param name the saga's name: the id of the route that started it
     * @param coordinator who decides how it ends, for instance the LRA's URL; {@code null}: the log
     * @param key what the application calls it, for instance the order's id; may be {@code null}
     * @param body the message body as JSON
     * @param headers the message headers; until 0.1 those that are text, numbers or booleans
     * @param application whose instances run it; {@code null}: of whoever reads it
     * @param version of the route that it was started with; {@code null}: the route says none
     * @param kept the rest of the message; {@code null}: nothing
     * @param parent the saga in whose route it began; {@code null}: none
     * @param route what its route looks like; {@code null}: as until 0.1, that is not known
     * @param attributes what it can be found by: texts, numbers and booleans; in a state, as they are by then
     * @param at before that it is not to begin, and it has not begun until {@link Begin} says so; {@code null}: it has
     */
    record Start(
            @Required String name,
            @Nullable String coordinator,
            @Nullable String key,
            @Nullable JsonNode body,
            Map<String, Object> headers,
            @Nullable String application,
            @Nullable String version,
            @Nullable Kept kept,
            @Nullable SagaId parent,
            @Nullable RouteShape route,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Object> attributes,
            @Nullable Instant at)
            implements SagaEvent {

        public Start {
            name = InternedNames.name(name);
            application = InternedNames.name(application);
            headers = SmallMaps.of(headers);
            attributes = SmallMaps.of(attributes);
        }

        /** A saga of whoever reads it. */
        public Start(
                String name,
                @Nullable String coordinator,
                @Nullable String key,
                @Nullable JsonNode body,
                Map<String, Object> headers) {
            this(name, coordinator, key, body, headers, null);
        }

        /** A saga of a route without a version. */
        public Start(
                String name,
                @Nullable String coordinator,
                @Nullable String key,
                @Nullable JsonNode body,
                Map<String, Object> headers,
                @Nullable String application) {
            this(name, coordinator, key, body, headers, application, null, null, null, null, Map.of(), null);
        }
    }

    /**
     * An instance took the saga over, after a crash or when its partition moved: it goes on from here. Begins a new
     * epoch; entries of an older one that come later count for nothing.
     *
     * @param host the instance
     * @param attempt tells what the instance tries now from what it tried before, also under the same name
     */
    record Resume(String host, @Nullable String attempt) implements SagaEvent {

        /** The only attempt of an instance. */
        public Resume(String host) {
            this(host, null);
        }
    }

    /** All that is known of the saga, carried forward: a reader may begin here. Without effect for one who knows it. */
    record Snapshot(@Required SagaState state) implements SagaEvent {}

    /** A part of a SNAPSHOT that is too large for one entry: JSON, cut anywhere. One follows another; without all, none counts. */
    record SnapshotPart(int part, int parts, @Required String content) implements SagaEvent {}

    /** A command of a step had technical trouble and is sent again. */
    record StepRetry(
            @Required Step step,
            @Required String command,
            int attempt,
            @Nullable String error) implements SagaEvent {}

    /** The saga is to be undone if it has not ended by then, also while no instance runs; of several, the earliest counts. */
    record Limit(@Required Instant deadline) implements SagaEvent {}

    /**
     * A step joined the saga. Durable before the step does anything.
     *
     * @param compensation endpoint that undoes the step; may be {@code null}
     * @param completion endpoint that makes it final; may be {@code null}
     * @param options values of the route's {@code <option>}s at that moment
     * @param branch which part of a split message the step is taken for, from 0; {@code null}: none
     * @param application whose instances run the step's compensation and completion; {@code null}: that of the saga
     * @param request the {@link Request} that this answers; {@code null}: none
     * @param kind {@code null}: COMPENSATABLE
     * @param kinds of options, as in {@link Kept#kinds()}; {@code null}: JSON tells all
     * @param path of the branch of the route that takes it; {@code null}: a message asked for it, or it is of 0.1
     * @param again in a {@link Request}, false: its sender waits for an answer; in that, true: an earlier run had the step
     */
    record Enlist(
            @Required Step step,
            @Nullable String compensation,
            @Nullable String completion,
            Map<String, Object> options,
            @Nullable Integer branch,
            @Nullable String application,
            @Nullable String request,
            @Nullable StepKind kind,
            @Nullable Map<String, String> kinds,
            @Nullable String path,
            @Nullable Boolean again)
            implements SagaEvent {

        public Enlist {
            compensation = InternedNames.name(compensation);
            completion = InternedNames.name(completion);
            application = InternedNames.name(application);
            options = SmallMaps.of(options);
            path = InternedNames.name(path);
        }

        /** A step that is not of a part of a message. */
        public Enlist(
                Step step, @Nullable String compensation, @Nullable String completion, Map<String, Object> options) {
            this(step, compensation, completion, options, null, null, null, null, null, null, null);
        }
    }

    /** What is said of what a step waits for: see {@link Awaits}. */
    sealed interface OfAwaits extends SagaEvent
            permits Awaits.StepSends, Awaits.StepAwaits, Awaits.StepReminder, Awaits.StepAnswered, Awaits.Signal {}

    /** A command of a step was answered SUCCESS: the step took effect. */
    record Success(
            @Required Step step,
            @Required String command,
            @Nullable JsonNode result) implements SagaEvent {}

    /** A command of a step was answered FAILED: nothing took effect. */
    record StepRejected(
            @Required Step step,
            @Required String command,
            @Nullable String code,
            @Nullable String error) implements SagaEvent {}

    /** A command that failed technically may have taken effect; or a block, {@code <saga>}, broke off as {@link StepFailure} says. */
    record StepUnknown(
            @Required Step step,
            @Required String command,
            @Nullable String error,
            @Nullable String exception,
            @Nullable List<Step> within,
            @Nullable StepLeft left,
            @Nullable List<String> causes)
            implements SagaEvent {}

    /** No reply came within the step's time-out; it may have taken effect. */
    record StepTimeout(@Required Step step, @Required String command, long timeoutMillis) implements SagaEvent {}

    /** A step that the route had gone around was undone; the saga goes on. */
    record StepUndone(@Required Step step) implements SagaEvent {}

    /** The route, run again, took another path than the log says: the saga waits for a person. */
    record OtherPath(@Nullable String difference) implements SagaEvent {}

    /** The block of a step came to its end, well, and left this message: the step is not done again. */
    record StepEnd(@Required Step step, @Nullable StepLeft left) implements SagaEvent {}

    /** A reply came that nobody waits for any more. It changes nothing. */
    record LateReply(@Required Step step, @Nullable String command, String status) implements SagaEvent {}

    /** It was decided that the saga completes; completion callbacks begin. */
    record Close() implements SagaEvent {}

    /** The completion callback of a step was done. */
    record CompleteSuccess(@Required Step step) implements SagaEvent {}

    /** The completion callback of a step went wrong and will be tried again. {@code code}: with which it was refused. */
    record CompleteRetry(
            @Required Step step,
            int attempt,
            @Nullable String error,
            @Nullable String code) implements SagaEvent {}

    /** The saga was to complete, and cannot: a person has to act on this step. */
    record CompleteFail(@Required Step step, @Nullable String error) implements SagaEvent {}

    /** The saga completed. */
    record Complete() implements SagaEvent {}

    /** The saga failed and is to be undone. {@code step}: where, if known. */
    record Fail(@Nullable Step step, @Nullable String reason) implements SagaEvent {}

    /** The saga, or one of its steps, ran out of time and is to be undone. {@code step}: where, if known. */
    record Timeout(@Nullable Step step, @Nullable String reason) implements SagaEvent {}

    /** A step was undone. */
    record CompensateSuccess(@Required Step step) implements SagaEvent {}

    /** Undoing a step went wrong and will be tried again. Attempt 0, in a request: it did not come to act. */
    record CompensateRetry(
            @Required Step step, int attempt, @Nullable String error) implements SagaEvent {}

    /** Undoing a step was given up; that of others goes on. {@code code}: of the last no, or the class of what went wrong. */
    record StepCompensateFailed(
            @Required Step step,
            int attempts,
            @Nullable String error,
            @Nullable String code) implements SagaEvent {}

    /** The saga could not be undone: a person has to act on this step. */
    record CompensateFail(@Required Step step, @Nullable String error) implements SagaEvent {}

    /** Everything was undone. */
    record CompensateComplete() implements SagaEvent {}

    /** An operator has what was given up of a FAILED saga tried again: only of the step, with the {@link StepCorrection} there. */
    record Retry(
            @Nullable String who,
            @Nullable String reason,
            @Nullable String request,
            @Nullable Step step,
            @Nullable Long correction)
            implements SagaEvent {}

    /** An operator undid by hand what a FAILED saga had left, and says so. {@code request}: which it answers, if any. */
    record Resolve(
            @Nullable String who,
            @Nullable String reason,
            @Nullable String request) implements SagaEvent {}

    /** What an operator does with a step. */
    sealed interface OfOperators extends SagaEvent
            permits StepResolved, StepCorrection, StepAsked, StepTold, PayloadRead {}

    /** The route of a saga that is past its pivot went wrong, and is run again. */
    record ForwardRetry(int attempt, @Nullable String error) implements SagaEvent {}

    /** A step is to be undone or completed by the application that enlisted it: its {@link Request} says how that went. */
    record Call(@Required Step step, @Required Phase phase) implements SagaEvent {}

    /**
     * Somebody, of an application, who does not run the saga asks who runs it to append an event. Has no place in the saga's
     * sequence and no effect of its own; it may be asked, and answered, more than once.
     */
    record Request(String id, String application, SagaEvent event) implements SagaEvent {}

    /** A request was refused. Has no place in the saga's sequence. */
    record Refuse(@Required String request, @Nullable String reason) implements SagaEvent {}

    /** Of how sagas began, or did not: for a {@link Request} with a key, or within another saga. */
    sealed interface OfStarts extends SagaEvent permits StartAnswer, Child, Attributes, Begin {}

    /** An event of a type that this version does not know: kept as it is, and without effect. */
    record Unknown(String type, ObjectNode content) implements SagaEvent {}
}
