package dev.caravan.saga.camel;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/** No reply came in time. The step may have taken effect; if the saga fails, it is compensated. */
public class StepTimedOutException extends TimeoutException {

    private static final long serialVersionUID = 1L;

    StepTimedOutException(SagaId sagaId, Step step, String command, Duration timeout) {
        super("Saga %s, step %s: no reply to %s within %d ms".formatted(sagaId, step, command, timeout.toMillis()));
    }
}
