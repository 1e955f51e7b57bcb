package dev.caravan.saga.monitoring;

import dev.caravan.saga.engine.SagaLogger;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.participant.CommandHandler;
import dev.caravan.saga.participant.CommandInterceptor;
import java.util.Map;
import org.slf4j.MDC;

/** Log lines of a participant carry {@code sagaId} and {@code sagaStep} while it does a command. */
public final class SagaMdc implements CommandInterceptor {

    @Override
    public SagaReply around(SagaCommand command, Map<String, String> headers, CommandHandler handler) throws Exception {
        MDC.put(SagaLogger.ID, command.sagaId().value());
        MDC.put(SagaLogger.STEP, command.step().toString());
        try {
            return handler.handle(command);
        } finally {
            MDC.remove(SagaLogger.ID);
            MDC.remove(SagaLogger.STEP);
        }
    }
}
