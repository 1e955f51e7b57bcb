package dev.caravan.saga.kafka;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.saga.Printable;
import dev.caravan.saga.engine.SagaLogger;
import dev.caravan.saga.message.MalformedMessageException;
import dev.caravan.saga.message.Question;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.participant.CommandHandler;
import dev.caravan.saga.participant.Held;
import dev.caravan.saga.participant.Inbox;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Tells what the inboxes of a service hold of a step. Nothing is done by that, and nothing is written. */
final class HeldSteps {

    private static final Logger LOGGER = SagaLogger.of(HeldSteps.class);

    private HeldSteps() {}

    /**
     * Blocks for a query of each inbox.
     *
     * @param handlers of the service, by their commands
     * @return empty: the service holds nothing of the step and has none of its commands, or it is no question
     */
    static Optional<SagaReply> answer(SagaCommand command, Map<String, CommandHandler> handlers) {
        Question question;
        try {
            question = Question.of(command);
        } catch (MalformedMessageException e) {
            LOGGER.debug("Nobody answers {}: {}", command, Printable.of(e.getMessage()));
            return Optional.empty();
        }
        Set<Inbox> ofStep =
                inboxes(question.commands().stream().map(handlers::get).filter(Objects::nonNull));
        Set<Inbox> all = inboxes(handlers.values().stream());
        try {
            Held nothing = ofStep.isEmpty() ? Held.NOT_KEPT : Held.NOTHING;
            for (Inbox inbox : all) {
                Held held = inbox.held(question.sagaId(), question.step());
                if (!held.equals(Held.NOTHING) && !held.equals(Held.NOT_KEPT)) {
                    return Optional.of(question.answer(json(held)));
                }
                nothing = ofStep.contains(inbox) && held.equals(Held.NOT_KEPT) ? held : nothing;
            }
            return isConcerned(question, handlers) ? Optional.of(question.answer(json(nothing))) : Optional.empty();
        } catch (Exception e) {
            LOGGER.warn(
                    "What is held of step {} of saga {} cannot be read: {}",
                    question.step(),
                    question.sagaId(),
                    Printable.of(e));
            return isConcerned(question, handlers) ? Optional.of(question.answer(unreadable(e))) : Optional.empty();
        }
    }

    private static boolean isConcerned(Question question, Map<String, CommandHandler> handlers) {
        return question.commands().stream().anyMatch(handlers::containsKey);
    }

    private static Set<Inbox> inboxes(Stream<CommandHandler> handlers) {
        return handlers.flatMap(handler -> handler.inbox().stream()).collect(Collectors.toSet());
    }

    private static ObjectNode unreadable(Exception failure) {
        String message = failure.getMessage();
        return JsonNodeFactory.instance
                .objectNode()
                .put("held", "UNREADABLE")
                .put("error", message == null ? failure.getClass().getSimpleName() : message);
    }

    private static ObjectNode json(Held held) {
        ObjectNode node = JsonNodeFactory.instance.objectNode().put("held", held.state());
        putIfThere(node, "command", held.command());
        putIfThere(node, "ending", held.ending());
        SagaReply reply = held.reply();
        if (reply != null) {
            putIfThere(node, "code", reply.code());
            putIfThere(node, "error", reply.error());
            if (reply.result() != null) {
                node.set("result", reply.result());
            }
        }
        return node;
    }

    private static void putIfThere(ObjectNode node, String field, @Nullable String value) {
        if (value != null) {
            node.put(field, value);
        }
    }
}
