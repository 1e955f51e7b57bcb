package dev.caravan.saga.camel;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.state.SagaState;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * The header {@code Long-Running-Action}: the id by which Camel and LRA carry a saga. It is the saga id itself, or the
 * URL of an LRA whose last path segment is the saga id, or which has the saga id as a parameter.
 */
public final class LongRunningAction {

    private static final String SAGA = "saga=";

    private LongRunningAction() {}

    /** @throws IllegalArgumentException the text names no saga */
    public static SagaId sagaId(String longRunningAction) {
        return new SagaId(lastOf(longRunningAction));
    }

    /** The id of the LRA of a saga whose own id was there before it; both are in what the saga's exchanges carry. */
    public static String of(String lra, SagaId sagaId) {
        return lra + (lra.indexOf('?') < 0 ? "?" : "&") + SAGA + sagaId.value();
    }

    /** The last segment of the path, by which a coordinator finds an LRA. */
    public static String lastSegment(String longRunningAction) {
        int query = longRunningAction.indexOf('?');
        String path = query < 0 ? longRunningAction : longRunningAction.substring(0, query);
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** What is to be a saga's id. */
    static String lastOf(String longRunningAction) {
        int query = longRunningAction.indexOf('?');
        return query < 0
                ? lastSegment(longRunningAction)
                : Stream.of(longRunningAction.substring(query + 1).split("&"))
                        .filter(parameter -> parameter.startsWith(SAGA))
                        .map(parameter -> parameter.substring(SAGA.length()))
                        .findFirst()
                        .orElseGet(() -> lastSegment(longRunningAction));
    }

    /**
     * Ties an exchange to the saga that this application has in the log for its part in an LRA of somebody else; the
     * LRA's id names none here.
     */
    public static void bind(Exchange exchange, @Nullable String longRunningAction, SagaId sagaId) {
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
    static void enter(Exchange exchange, @Nullable String longRunningAction) {
        SagaContext.of(exchange).inSaga(longRunningAction).on(exchange);
    }

    /** Gives the exchange the header again that a route has removed. */
    static void rejoin(Exchange exchange) {
        of(exchange).ifPresent(action -> exchange.getIn().setHeader(Exchange.SAGA_LONG_RUNNING_ACTION, action));
    }
}
