package dev.caravan.saga.state;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
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

/**
 * Something that happened to a saga: the {@code event} of an entry of the saga log. The record's {@link #type()} is its
 * name on the wire; names and fields are frozen, new fields may be added. Those with a {@link #transition()} ask for a new
 * status; the others leave it alone.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public sealed interface SagaEvent {

    /** The name on the wire: that of the record, {@code STEP_REJECTED} for {@code StepRejected}. */
    default String type() {
        return EventTypes.of(getClass());
    }

    /** What the event asks of the state machine, if anything: the transition of the same name. */
    default Optional<Transition> transition() {
        return Transition.named(type());
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
            @JsonProperty(required = true) String name,
            String coordinator,
            String key,
            JsonNode body,
            Map<String, Object> headers,
            String application,
            String version,
            Kept kept,
            SagaId parent,
            RouteShape route,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Object> attributes,
            Instant at)
            implements SagaEvent {

        public Start {
            name = InternedNames.name(name);
            application = InternedNames.name(application);
            headers = SmallMaps.of(headers);
            attributes = SmallMaps.of(attributes);
        }

        /** A saga of whoever reads it. */
        public Start(String name, String coordinator, String key, JsonNode body, Map<String, Object> headers) {
            this(name, coordinator, key, body, headers, null);
        }

        /** A saga of a route without a version. */
        public Start(
                String name,
                String coordinator,
                String key,
                JsonNode body,
                Map<String, Object> headers,
                String application) {
            this(name, coordinator, key, body, headers, application, null, null, null, null, null, null);
        }
    }

    /**
     * An instance took the saga over, after a crash or when its partition moved: it goes on from here. Begins a new
     * epoch; entries of an older one that come later count for nothing.
     *
     * @param host the instance
     * @param attempt tells what the instance tries now from what it tried before, also under the same name
     */
    record Resume(String host, String attempt) implements SagaEvent {

        /** The only attempt of an instance. */
        public Resume(String host) {
            this(host, null);
        }
    }

    /** All that is known of the saga, carried forward: a reader may begin here. Without effect for one who knows it. */
    record Snapshot(@JsonProperty(required = true) SagaState state) implements SagaEvent {}

    /** A part of a SNAPSHOT that is too large for one entry: JSON, cut anywhere. One follows another; without all, none counts. */
    record SnapshotPart(
            int part,
            int parts,
            @JsonProperty(required = true) String content) implements SagaEvent {}

    /** A command of a step had technical trouble and is sent again. */
    record StepRetry(
            @JsonProperty(required = true) Step step,
            @JsonProperty(required = true) String command,
            int attempt,
            String error)
            implements SagaEvent {}

    /** The saga is to be undone if it has not ended by then, also while no instance runs; of several, the earliest counts. */
    record Limit(@JsonProperty(required = true) Instant deadline) implements SagaEvent {}

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
     * @param path of the branch of the route that takes it; {@code null}: an event asked for it, or it is of 0.1
     */
    record Enlist(
            @JsonProperty(required = true) Step step,
            String compensation,
            String completion,
            Map<String, Object> options,
            Integer branch,
            String application,
            String request,
            StepKind kind,
            Map<String, String> kinds,
            String path)
            implements SagaEvent {

        public Enlist {
            compensation = InternedNames.name(compensation);
            completion = InternedNames.name(completion);
            application = InternedNames.name(application);
            options = SmallMaps.of(options);
            path = InternedNames.name(path);
        }

        /** The same enlistment, of this step. */
        public Enlist as(Step other) {
            return new Enlist(
                    other, compensation, completion, options, branch, application, request, kind, kinds, path);
        }

        /** A step that is not of a part of a message. */
        public Enlist(Step step, String compensation, String completion, Map<String, Object> options) {
            this(step, compensation, completion, options, null, null, null, null, null, null);
        }
    }

    /** What is said of what a step waits for: see {@link Awaits}. */
    sealed interface OfAwaits extends SagaEvent
            permits Awaits.StepSends, Awaits.StepAwaits, Awaits.StepReminder, Awaits.StepAnswered, Awaits.Signal {}

    /** A command of a step was answered SUCCESS: the step took effect. */
    record Success(
            @JsonProperty(required = true) Step step,
            @JsonProperty(required = true) String command,
            JsonNode result) implements SagaEvent {}

    /** A command of a step was answered FAILED: nothing took effect. */
    record StepRejected(
            @JsonProperty(required = true) Step step,
            @JsonProperty(required = true) String command,
            String code,
            String error)
            implements SagaEvent {}

    /**
     * A command failed for a technical reason and may have taken effect; or a block broke off: its command is {@code <saga>}.
     *
     * @param within the steps that were begun within the block; {@code null}: not known, or it is no block
     * @param left the message as it was when the block broke off; {@code null}: not known, or it is no block
     */
    record StepUnknown(
            @JsonProperty(required = true) Step step,
            @JsonProperty(required = true) String command,
            String error,
            String exception,
            List<Step> within,
            StepLeft left)
            implements SagaEvent {}

    /** No reply came within the step's time-out; it may have taken effect. */
    record StepTimeout(
            @JsonProperty(required = true) Step step,
            @JsonProperty(required = true) String command,
            long timeoutMillis) implements SagaEvent {}

    /** A step that the route had gone around was undone; the saga goes on. */
    record StepUndone(@JsonProperty(required = true) Step step) implements SagaEvent {}

    /** The route, run again, took another path than the log says: the saga waits for a person. */
    record OtherPath(String difference) implements SagaEvent {}

    /** The block of a step came to its end, well, and left this message: the step is not done again. */
    record StepEnd(@JsonProperty(required = true) Step step, StepLeft left) implements SagaEvent {}

    /** A reply came that nobody waits for any more. It changes nothing. */
    record LateReply(@JsonProperty(required = true) Step step, String command, String status) implements SagaEvent {}

    /** It was decided that the saga completes; completion callbacks begin. */
    record Close() implements SagaEvent {}

    /** The completion callback of a step was done. */
    record CompleteSuccess(@JsonProperty(required = true) Step step) implements SagaEvent {}

    /** The completion callback of a step went wrong and will be tried again. */
    record CompleteRetry(@JsonProperty(required = true) Step step, int attempt, String error) implements SagaEvent {}

    /** The saga was to complete, and cannot: a person has to act on this step. */
    record CompleteFail(@JsonProperty(required = true) Step step, String error) implements SagaEvent {}

    /** The saga completed. */
    record Complete() implements SagaEvent {}

    /** The saga failed and is to be undone. {@code step}: where, if known. */
    record Fail(Step step, String reason) implements SagaEvent {}

    /** The saga, or one of its steps, ran out of time and is to be undone. {@code step}: where, if known. */
    record Timeout(Step step, String reason) implements SagaEvent {}

    /** A step was undone. */
    record CompensateSuccess(@JsonProperty(required = true) Step step) implements SagaEvent {}

    /** Undoing a step went wrong and will be tried again. Attempt 0, in a request: it did not come to act. */
    record CompensateRetry(@JsonProperty(required = true) Step step, int attempt, String error) implements SagaEvent {}

    /** Undoing a step was given up; that of others goes on. {@code code}: of the last no, or the class of what went wrong. */
    record StepCompensateFailed(
            @JsonProperty(required = true) Step step, int attempts, String error, String code) implements SagaEvent {}

    /** The saga could not be undone: a person has to act on this step. */
    record CompensateFail(@JsonProperty(required = true) Step step, String error) implements SagaEvent {}

    /** Everything was undone. */
    record CompensateComplete() implements SagaEvent {}

    /** An operator has what was given up of a FAILED saga tried again. {@code step}: only of this one. */
    record Retry(String who, String reason, String request, Step step) implements SagaEvent {}

    /** An operator undid by hand what a FAILED saga had left, and says so. {@code request}: which it answers, if any. */
    record Resolve(String who, String reason, String request) implements SagaEvent {}

    /** What an operator does with a step. */
    sealed interface OfOperators extends SagaEvent permits StepResolved {}

    /** The route of a saga that is past its pivot went wrong, and is run again. */
    record ForwardRetry(int attempt, String error) implements SagaEvent {}

    /** A step is to be undone or completed by the application that enlisted it: its {@link Request} says how that went. */
    record Call(
            @JsonProperty(required = true) Step step,
            @JsonProperty(required = true) Phase phase) implements SagaEvent {}

    /**
     * Somebody, of an application, who does not run the saga asks who runs it to append an event. Has no place in the saga's
     * sequence and no effect of its own; it may be asked, and answered, more than once.
     */
    record Request(String id, String application, SagaEvent event) implements SagaEvent {}

    /** A request was refused. Has no place in the saga's sequence. */
    record Refuse(@JsonProperty(required = true) String request, String reason) implements SagaEvent {}

    /** Of how sagas began, or did not: for a {@link Request} with a key, or within another saga. */
    sealed interface OfStarts extends SagaEvent permits StartAnswer, Child, Attributes, Begin {}

    /** An event of a type that this version does not know: kept as it is, and without effect. */
    record Unknown(String type, ObjectNode content) implements SagaEvent {
        @Override
        public Optional<Transition> transition() {
            return Optional.empty();
        }
    }
}
