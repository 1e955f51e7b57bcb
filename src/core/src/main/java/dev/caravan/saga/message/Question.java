package dev.caravan.saga.message;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks participants what they hold of a step, and never has an effect. On the wire it is a command on {@code
 * compensation-commands} for the service {@value #NAME}: who does not know of it skips it, as all that is for another service.
 *
 * @param id tells the answers to it from those to others
 * @param commands who knows one of these answers also if nothing came
 */
public record Question(SagaId sagaId, Step step, String id, List<String> commands) {

    /** Stands where a service and its command stand; no service and no command has this name. */
    public static final String NAME = "?";

    private static final String ID = "question";
    private static final String COMMANDS = "commands";

    public static boolean isOne(SagaCommand command) {
        return command.service().equals(NAME);
    }

    /** True for a reply to one. */
    public static boolean isAnswered(SagaReply reply) {
        return NAME.equals(reply.command());
    }

    public SagaCommand toCommand() {
        ObjectNode data = JsonNodeFactory.instance.objectNode().put(ID, id);
        commands.forEach(data.putArray(COMMANDS)::add);
        return new SagaCommand(sagaId, step, NAME, NAME, data, Phase.COMPENSATION);
    }

    /** @throws MalformedMessageException it does not say which question it is */
    public static Question of(SagaCommand command) {
        List<String> commands = new ArrayList<>();
        if (command.data() != null) {
            command.data().path(COMMANDS).forEach(name -> commands.add(name.asText()));
        }
        return new Question(command.sagaId(), command.step(), idIn(command.data()), commands);
    }

    /** @param held what is held of the step, with its fields */
    public SagaReply answer(ObjectNode held) {
        return SagaReply.success(toCommand(), held.put(ID, id));
    }

    /** @throws MalformedMessageException it does not say which question it answers */
    public static String idOf(SagaReply reply) {
        return idIn(reply.result());
    }

    private static String idIn(@Nullable JsonNode value) {
        String id = value == null ? "" : value.path(ID).asText();
        if (id.isBlank()) {
            throw new MalformedMessageException("Field '%s' is missing. Expected text".formatted(ID), null);
        }
        return id;
    }
}
