package dev.caravan.saga.camel;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.state.SagaState;
import java.util.Optional;
import org.apache.camel.Exchange;

/**
 * The header {@code Long-Running-Action}: the id by which Camel and LRA carry a saga. It is the saga id itself, or the
 * URL of an LRA whose last path segment is the saga id.
 */
public final class LongRunningAction {

    private LongRunningAction() {}

    /** @throws IllegalArgumentException the text names no saga */
    public static SagaId sagaId(String longRunningAction) {
        return new SagaId(lastOf(longRunningAction));
    }

    static String lastOf(String longRunningAction) {
        int query = longRunningAction.indexOf('?');
        String path = query < 0 ? longRunningAction : longRunningAction.substring(0, query);
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /**
     * Ties an exchange to the saga that this application has in the log for its part in an LRA of somebody else; the
     * LRA's id names none here.
     */
    public static void bind(Exchange exchange, String longRunningAction, SagaId sagaId) {
        SagaContext.of(exchange).withPart(longRunningAction, sagaId).on(exchange);
    }

    /** What exchanges of this saga carry: the LRA's id, or else the saga's. */
    public static String of(SagaState saga) {
        return saga.start() == null || saga.start().coordinator() == null
                ? saga.sagaId().value()
                : saga.start().coordinator();
    }

    /** The header of the exchange, if it belongs to a saga; also when a route has removed the header. */
    public static Optional<String> of(Exchange exchange) {
        String header = exchange.getIn().getHeader(Exchange.SAGA_LONG_RUNNING_ACTION, String.class);
        return Optional.ofNullable(
                header == null ? SagaContext.of(exchange).place().longRunningAction() : header);
    }

    /** From here on the exchange is in this saga, whatever becomes of its headers; {@code null}: in none. */
    static void enter(Exchange exchange, String longRunningAction) {
        SagaContext.of(exchange).inSaga(longRunningAction).on(exchange);
    }

    /** Gives the exchange the header again that a route has removed. */
    static void rejoin(Exchange exchange) {
        of(exchange).ifPresent(action -> exchange.getIn().setHeader(Exchange.SAGA_LONG_RUNNING_ACTION, action));
    }
}
