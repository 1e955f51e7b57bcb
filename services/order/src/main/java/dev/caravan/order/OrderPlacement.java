package dev.caravan.order;

import dev.caravan.saga.Printable;
import dev.caravan.saga.engine.SagaStartNotKnownException;
import dev.caravan.saga.engine.TooManySagasException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;

/** Has the gateway give a token for the card, starts the saga of the order, and answers when it has started or ended. Holds no thread in between. */
class OrderPlacement {

    private static final Logger LOGGER = LoggerFactory.getLogger(OrderPlacement.class);
    private static final String RETRY_AFTER_SECONDS = "5";

    private final CardTokens cards;
    private final OrderSagas sagas;
    private final Duration startTimeout;

    OrderPlacement(CardTokens cards, OrderSagas sagas, Duration startTimeout) {
        this.cards = cards;
        this.sagas = sagas;
        this.startTimeout = startTimeout;
    }

    /**
     * Fails for a card that the gateway does not take; whatever else goes wrong is in the answer.
     *
     * @param card the number, which goes no further than to the gateway
     */
    CompletableFuture<ResponseEntity<Object>> place(
            PricedOrder order, String card, OrderStyle style, Optional<WaitPreference> wait) {
        return cards.exchange(card)
                .handle((token, failure) ->
                        failure == null ? place(order.paidWith(token), style, wait) : notPaid(order, cause(failure)))
                .thenCompose(answer -> answer);
    }

    private CompletableFuture<ResponseEntity<Object>> notPaid(PricedOrder order, Throwable cause) {
        return cause instanceof InvalidOrderException
                ? CompletableFuture.failedFuture(cause)
                : CompletableFuture.completedFuture(notStarted(order, cause));
    }

    private CompletableFuture<ResponseEntity<Object>> place(
            PricedOrder order, OrderStyle style, Optional<WaitPreference> wait) {
        return start(order, style)
                .thenCompose(saga -> within(startTimeout, saga.sagaId())
                        .thenCompose(sagaId -> wait.map(preference -> answerAtTheEnd(order, sagaId, saga, preference))
                                .orElseGet(() -> CompletableFuture.completedFuture(accepted(order, sagaId)))))
                .exceptionally(failure -> notStarted(order, failure));
    }

    private CompletableFuture<StartedOrderSaga> start(PricedOrder order, OrderStyle style) {
        try {
            return CompletableFuture.completedFuture(sagas.start(order, style));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<ResponseEntity<Object>> answerAtTheEnd(
            PricedOrder order, String sagaId, StartedOrderSaga saga, WaitPreference wait) {
        return within(wait.duration(), saga.ended()).handle((status, stillRunning) -> (status == null
                        ? response(HttpStatus.ACCEPTED, order)
                        : response(HttpStatus.OK, order))
                .header("Preference-Applied", wait.applied())
                .body(new PlacedOrder(order.orderId(), sagaId, status)));
    }

    private static ResponseEntity<Object> accepted(PricedOrder order, String sagaId) {
        return response(HttpStatus.ACCEPTED, order).body(new PlacedOrder(order.orderId(), sagaId, null));
    }

    private static ResponseEntity.BodyBuilder response(HttpStatus status, PricedOrder order) {
        return ResponseEntity.status(status).location(location(order)).header(HttpHeaders.VARY, "Prefer");
    }

    private static URI location(PricedOrder order) {
        return URI.create("/api/orders/" + order.orderId());
    }

    /** A time limit for this caller only: others may wait for the same stage. */
    private static CompletableFuture<String> within(Duration limit, CompletionStage<String> stage) {
        return stage.thenApply(Function.identity())
                .toCompletableFuture()
                .orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException ? failure.getCause() : failure;
    }

    private static ResponseEntity<Object> notStarted(PricedOrder order, Throwable failure) {
        Throwable cause = cause(failure);
        boolean unknown = cause instanceof TimeoutException
                || cause instanceof StartNotKnownException
                || cause instanceof SagaStartNotKnownException;
        // of many at once, the metric tells
        LOGGER.atLevel(cause instanceof TooManySagasException ? Level.DEBUG : Level.WARN)
                .log(
                        "Order {} was {} started: {}",
                        order.orderId(),
                        unknown ? "perhaps not" : "not",
                        Printable.of(cause));
        HttpStatus status = unknown ? HttpStatus.GATEWAY_TIMEOUT : HttpStatus.SERVICE_UNAVAILABLE;
        String refused = cause instanceof GatewaySilentException
                ? "The order was not taken, because the payment gateway does not answer: order again later"
                : "The order was not taken, because its saga cannot be started now: order again later";
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(
                status,
                unknown
                        ? "It is not known whether order " + order.orderId() + " was taken: look at " + location(order)
                                + " before you order again"
                        : refused);
        problem.setProperty("orderId", order.orderId());
        ResponseEntity.BodyBuilder answer = ResponseEntity.status(status);
        return (unknown
                        ? answer.location(location(order))
                        : answer.header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS))
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(problem);
    }
}
