package dev.caravan.saga.monitoring;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.engine.SagaOperator;
import dev.caravan.saga.state.Awaits;
import dev.caravan.saga.state.PayloadRead;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.StepAsked;
import dev.caravan.saga.state.StepCorrection;
import dev.caravan.saga.state.StepResolved;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What somebody did with a saga.
 *
 * @param act retry, resolve, correct, cancel, answer, deadline, signal, ask, or read
 * @param reason why; of a read, what was read
 * @param state ASKED of the instance that runs the saga, DONE, or REFUSED
 * @param refusal why it was refused; {@code null}: it was not
 */
public record SagaAct(
        Instant at,
        String act,
        @Nullable String who,
        SagaId sagaId,
        @Nullable Step step,
        @Nullable String reason,
        State state,
        @Nullable String refusal) {

    /** The names of its fields as JSON. */
    public static final List<String> FIELDS =
            List.of("at", "act", "who", "sagaId", "step", "reason", "state", "refusal");

    private static final Pattern CANCELLED = Pattern.compile("Cancelled by (.*?): (.*)", Pattern.DOTALL);

    /** How far it came. */
    public enum State {
        ASKED,
        DONE,
        REFUSED
    }

    /** @return empty: nobody did it */
    static Optional<SagaAct> of(SagaLogEntry entry) {
        return entry.event() instanceof SagaEvent.Request request
                ? of(entry, request.event(), State.ASKED)
                : of(entry, entry.event(), State.DONE);
    }

    private static Optional<SagaAct> of(SagaLogEntry entry, SagaEvent event, State state) {
        if (event instanceof SagaEvent.Retry retry) {
            return act(entry, "retry", retry.who(), retry.step(), retry.reason(), state);
        } else if (event instanceof SagaEvent.Resolve resolve) {
            return act(entry, "resolve", resolve.who(), null, resolve.reason(), state);
        } else if (event instanceof StepResolved resolved) {
            return act(entry, "resolve", resolved.who(), resolved.step(), resolved.reason(), state);
        } else if (event instanceof StepCorrection correction) {
            return act(entry, "correct", correction.who(), correction.step(), correction.reason(), state);
        } else if (event instanceof StepAsked asked) {
            return act(entry, "ask", asked.who(), asked.step(), asked.reason(), state);
        } else if (event instanceof PayloadRead read) {
            return act(entry, "read", read.who(), null, read.what(), state);
        } else if (event instanceof SagaEvent.Fail fail && SagaOperator.isCancellation(fail)) {
            Matcher cancelled = CANCELLED.matcher(String.valueOf(fail.reason()));
            return cancelled.matches()
                    ? act(entry, "cancel", cancelled.group(1), null, cancelled.group(2), state)
                    : act(entry, "cancel", null, null, fail.reason(), state);
        }
        return event instanceof SagaEvent.OfAwaits said ? of(entry, said, state) : Optional.empty();
    }

    private static Optional<SagaAct> of(SagaLogEntry entry, SagaEvent.OfAwaits said, State state) {
        if (said instanceof Awaits.StepAnswered answer && answer.who() != null) {
            return act(entry, "answer", answer.who(), answer.step(), answer.reason(), state);
        } else if (said instanceof Awaits.StepAwaits moved && moved.who() != null) {
            return act(entry, "deadline", moved.who(), moved.step(), moved.reason(), state);
        } else if (said instanceof Awaits.Signal signal && signal.who() != null) {
            return act(entry, "signal", signal.who(), null, signal.reason(), state);
        }
        return Optional.empty();
    }

    private static Optional<SagaAct> act(
            SagaLogEntry entry,
            String act,
            @Nullable String who,
            @Nullable Step step,
            @Nullable String reason,
            State state) {
        return Optional.of(new SagaAct(entry.timestamp(), act, who, entry.sagaId(), step, reason, state, null));
    }

    SagaAct done() {
        return new SagaAct(at, act, who, sagaId, step, reason, State.DONE, null);
    }

    SagaAct refused(@Nullable String why) {
        return new SagaAct(at, act, who, sagaId, step, reason, State.REFUSED, why);
    }

    /** As it is shown. */
    public ObjectNode json() {
        ObjectNode node =
                JsonNodeFactory.instance.objectNode().put("at", at.toString()).put("act", act);
        SagaJson.putIfThere(node, "who", who);
        node.put("sagaId", sagaId.value());
        SagaJson.putIfThere(node, "step", step == null ? null : step.toString());
        SagaJson.putIfThere(node, "reason", reason);
        node.put("state", state.name());
        SagaJson.putIfThere(node, "refusal", refusal);
        return node;
    }
}
