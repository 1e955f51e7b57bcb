package dev.caravan.saga.test;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.caravan.saga.engine.SagaAnswers.Answer;
import dev.caravan.saga.message.MessageCodec;
import dev.caravan.saga.message.SagaCommand;
import java.util.HashMap;
import java.util.Map;

/** What participants do with each command of a scenario. */
final class CommandScripts {

    private final SagaScenario scenario;
    private final Map<String, CommandScript> byCommand = new HashMap<>();

    CommandScripts(SagaScenario scenario) {
        this.scenario = scenario;
    }

    CommandScript of(String command) {
        return byCommand.computeIfAbsent(command, unknown -> new CommandScript(scenario));
    }

    void forget() {
        byCommand.clear();
    }

    SimulatedParticipants participants(World world) {
        return new SimulatedParticipants(world)
                .actions(command -> script(command).action())
                .results(this::result)
                .endingsFail(command -> script(command).failures());
    }

    private CommandScript script(SagaCommand command) {
        return byCommand.getOrDefault(command.command(), new CommandScript(scenario));
    }

    private JsonNode result(SagaCommand command) {
        JsonNode result = script(command).result();
        return result == null ? JsonNodeFactory.instance.objectNode() : result;
    }

    /** The answer of a person, or an event; {@code null}: without a body. */
    static Answer yes(Object body) {
        return Answer.yes(body == null ? null : new MessageCodec().json().valueToTree(body));
    }
}
