package dev.caravan.saga.spring;

import dev.caravan.saga.Printable;
import dev.caravan.saga.engine.SagaLogger;
import dev.caravan.saga.engine.SagaRequests;
import dev.caravan.saga.state.PayloadRead;
import dev.caravan.saga.state.SagaState;
import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import org.slf4j.Logger;

/** Says in the application's log and beside the saga who has read what the application sent and got. */
final class PayloadReads {

    private static final Logger LOGGER = SagaLogger.of(PayloadReads.class);

    private final SagaRequests requests;

    PayloadReads(SagaRequests requests) {
        this.requests = requests;
    }

    /** Who has logged in; where there is no login, from where. */
    static String reader(HttpServletRequest request) {
        Principal login = request.getUserPrincipal();
        return login == null ? "somebody at " + request.getRemoteAddr() : login.getName();
    }

    /** @param what was read of the saga */
    void note(SagaState saga, String what, String reader) {
        LOGGER.info("Saga {}: {} was read by {}", saga, Printable.of(what), Printable.of(reader));
        requests.note(saga.sagaId(), new PayloadRead(what, reader)).exceptionally(failure -> {
            LOGGER.warn(
                    "Saga {}: the log has not who has read {}: {}", saga, Printable.of(what), Printable.of(failure));
            return null;
        });
    }
}
