package dev.caravan.saga.camel;

import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.participant.CommandHandler;
import dev.caravan.saga.participant.Participants;
import dev.caravan.saga.routes.How;
import dev.caravan.saga.test.SimulatedParticipants.Action;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Participants whose actions that fail are routes, some with error handlers: they answer what such a route met. */
final class ParticipantRoutes implements Participants {

    private final Map<String, CommandHandler> handlers = new HashMap<>();

    @Override
    public void add(String service, String command, CommandHandler handler) {
        handlers.put(service + "/" + command, handler);
    }

    @Override
    public void remove(String service, String command) {
        handlers.remove(service + "/" + command);
    }

    @Override
    public CompletableFuture<SagaReply> call(SagaCommand command) {
        throw new UnsupportedOperationException("Nobody is called without a message");
    }

    static boolean isRoute(How how) {
        return how == How.IS_REJECTED || how == How.IS_UNKNOWN_AND_NOT_DONE;
    }

    /** How an action goes: as its route says, or, where it has none, as it is to. */
    Action action(SagaCommand command, How how) {
        CommandHandler handler = handlers.get(command.service() + "/" + command.command());
        return handler == null ? how.action() : action(handler, command);
    }

    /** What is thrown is technical trouble, of which the participant says no more than that. */
    private static Action action(CommandHandler handler, SagaCommand command) {
        try {
            SagaReply reply = handler.handle(command);
            return reply.status() == SagaReply.Status.SUCCESS
                    ? Action.SUCCEEDS
                    : reply.isRejection() ? Action.IS_REJECTED : Action.IS_UNKNOWN_AND_NOT_DONE;
        } catch (Exception e) {
            return Action.IS_UNKNOWN_AND_NOT_DONE;
        }
    }
}
