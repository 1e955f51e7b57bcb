package dev.caravan.saga.monitoring;

import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.participant.CommandHandler;
import dev.caravan.saga.participant.CommandInterceptor;
import java.util.Map;
import org.slf4j.MDC;

/** Log lines of a participant carry {@code sagaId} and {@code sagaStep} while it does a command. */
public final class SagaMdc implements CommandInterceptor {

    /** The saga's id. */
    public static final String SAGA_ID = "sagaId";

    private static final String STEP = "sagaStep";

    @Override
    public SagaReply around(SagaCommand command, Map<String, String> headers, CommandHandler handler) throws Exception {
        MDC.put(SAGA_ID, command.sagaId().value());
        MDC.put(STEP, command.step().toString());
        try {
            return handler.handle(command);
        } finally {
            MDC.remove(SAGA_ID);
            MDC.remove(STEP);
        }
    }
}
