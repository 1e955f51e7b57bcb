package dev.caravan.saga.test;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.saga.message.MessageCodec;
import dev.caravan.saga.test.SimulatedParticipants.Action;
import org.jspecify.annotations.Nullable;

/** What a participant does when it gets a command. Without a script it succeeds. */
public final class CommandScript {

    private final SagaScenario scenario;
    private Action action = Action.SUCCEEDS;
    private @Nullable JsonNode result;
    private int failures;

    CommandScript(SagaScenario scenario) {
        this.scenario = scenario;
    }

    /** Succeeds with a result: a Map, a record, or any other thing that Jackson makes JSON of. */
    public SagaScenario succeedsWith(Object value) {
        result = new MessageCodec().json().valueToTree(value);
        return does(Action.SUCCEEDS);
    }

    /** Says no: nothing takes effect, and there is nothing to undo. */
    public SagaScenario isRejected() {
        return does(Action.IS_REJECTED);
    }

    /** Takes effect, and the reply is lost: the step times out when the test moves time on. */
    public SagaScenario isSilent() {
        return does(Action.IS_SILENT);
    }

    public SagaScenario does(Action what) {
        action = what;
        return scenario;
    }

    /** Of a compensation or completion: fails so many times for a technical reason, then works. */
    public SagaScenario failsFirst(int times) {
        failures = times;
        return scenario;
    }

    /** Of a compensation or completion: never works, so that the saga is FAILED. */
    public SagaScenario alwaysFails() {
        return failsFirst(Integer.MAX_VALUE);
    }

    Action action() {
        return action;
    }

    /** {@code null}: none was named. */
    @Nullable
    JsonNode result() {
        return result;
    }

    int failures() {
        return failures;
    }
}
