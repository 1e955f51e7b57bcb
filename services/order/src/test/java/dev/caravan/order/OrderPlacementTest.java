package dev.caravan.order;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.engine.SagaStartNotKnownException;
import dev.caravan.saga.engine.TooManySagasException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;

class OrderPlacementTest {

    private static final Optional<WaitPreference> AT_ONCE = Optional.empty();
    private static final PricedOrder ORDER =
            new PricedOrder("a", "ann", List.of(), BigDecimal.TEN, "EUR", null, "4242", "DE");

    private final FakeOrderSagas sagas = new FakeOrderSagas();
    private static final String NUMBER = "4242424242424242";
    private static final CardTokens CARDS = card -> CompletableFuture.completedFuture("token of " + card);

    private final OrderPlacement placement = new OrderPlacement(CARDS, sagas, Duration.ofMinutes(1));

    @Test
    void answersWhenTheSagaHasStartedAndNotBefore() {
        sagas.sagaId = new CompletableFuture<>();
        CompletableFuture<ResponseEntity<Object>> answer =
                placement.place(ORDER, NUMBER, OrderStyle.ORCHESTRATION, AT_ONCE);
        assertThat(answer).isNotDone();

        sagas.sagaId.complete("saga-7");
        assertThat(answer.join().getStatusCode().value()).isEqualTo(202);
        assertThat(answer.join().getBody()).isEqualTo(new PlacedOrder("a", "saga-7", null));
        assertThat(answer.join().getHeaders().getLocation()).hasToString("/api/orders/a");
    }

    @Test
    void answersWithTheEndIfItIsWaitedFor() {
        CompletableFuture<ResponseEntity<Object>> answer =
                placement.place(ORDER, NUMBER, OrderStyle.ORCHESTRATION, Optional.of(new WaitPreference(60)));
        assertThat(answer).isNotDone();

        sagas.ended.complete("COMPENSATED");
        assertThat(answer.join().getStatusCode().value()).isEqualTo(200);
        assertThat(answer.join().getBody()).isEqualTo(new PlacedOrder("a", "saga-1", "COMPENSATED"));
        assertThat(answer.join().getHeaders().getFirst("Preference-Applied")).isEqualTo("wait=60");
    }

    @Test
    void leavesTheSagaAloneWhenItDoesNotEndInTime() {
        ResponseEntity<Object> answer = placement
                .place(ORDER, NUMBER, OrderStyle.ORCHESTRATION, Optional.of(new WaitPreference(0)))
                .join();

        assertThat(answer.getStatusCode().value()).isEqualTo(202);
        assertThat(sagas.ended).isNotDone();
    }

    @Test
    void saysThatNothingWasStarted() {
        sagas.sagaId = CompletableFuture.failedFuture(new IllegalStateException("no broker"));

        ResponseEntity<Object> answer = placement
                .place(ORDER, NUMBER, OrderStyle.ORCHESTRATION, AT_ONCE)
                .join();
        assertThat(answer.getStatusCode().value()).isEqualTo(503);
        assertThat(answer.getHeaders().getFirst("Retry-After")).isEqualTo("5");
        assertThat(((ProblemDetail) answer.getBody()).getDetail()).startsWith("The order was not taken");
    }

    @Test
    void startsTheSagaWithTheTokenOfTheGateway() {
        placement.place(ORDER, NUMBER, OrderStyle.ORCHESTRATION, AT_ONCE).join();

        assertThat(sagas.started).extracting(PricedOrder::cardToken).containsExactly("token of 4242424242424242");
    }

    @Test
    void startsNothingWhenTheGatewayIsSilent() {
        OrderPlacement unpaid = new OrderPlacement(
                card -> CompletableFuture.failedFuture(new GatewaySilentException("no answer", null)),
                sagas,
                Duration.ofMinutes(1));

        ResponseEntity<Object> answer =
                unpaid.place(ORDER, NUMBER, OrderStyle.ORCHESTRATION, AT_ONCE).join();
        assertThat(answer.getStatusCode().value()).isEqualTo(503);
        assertThat(((ProblemDetail) answer.getBody()).getDetail())
                .isEqualTo("The order was not taken, because the payment gateway does not answer: order again later");
        assertThat(sagas.started).isEmpty();
    }

    @Test
    void saysThatNothingWasStartedWhenNobodyStartsSagas() {
        OrderPlacement nobody = new OrderPlacement(CARDS, new NoOrderSagas(), Duration.ofMinutes(1));

        assertThat(nobody.place(ORDER, NUMBER, OrderStyle.ORCHESTRATION, AT_ONCE)
                        .join()
                        .getStatusCode()
                        .value())
                .isEqualTo(503);
    }

    @Test
    void saysThatTheStartIsUnknownWhenItTakesTooLong() {
        sagas.sagaId = new CompletableFuture<>();
        OrderPlacement impatient = new OrderPlacement(CARDS, sagas, Duration.ofMillis(1));

        ResponseEntity<Object> answer = impatient
                .place(ORDER, NUMBER, OrderStyle.ORCHESTRATION, AT_ONCE)
                .join();
        assertThat(answer.getStatusCode().value()).isEqualTo(504);
        assertThat(answer.getHeaders().getLocation()).hasToString("/api/orders/a");
        assertThat(((ProblemDetail) answer.getBody()).getDetail())
                .isEqualTo("It is not known whether order a was taken: look at /api/orders/a before you order again");
        assertThat(sagas.sagaId).isNotDone();
    }

    @Test
    void saysThatTheStartIsUnknownWhenTheLogDoesNotAnswer() {
        sagas.sagaId = CompletableFuture.failedFuture(
                new SagaStartNotKnownException(new SagaId("saga-1"), new IllegalStateException("no broker")));

        ResponseEntity<Object> answer = placement
                .place(ORDER, NUMBER, OrderStyle.ORCHESTRATION, AT_ONCE)
                .join();

        assertThat(answer.getStatusCode().value()).isEqualTo(504);
        assertThat(((ProblemDetail) answer.getBody()).getDetail()).startsWith("It is not known");
    }

    @Test
    void saysWhenToOrderAgainWhatIsNotTakenBecauseThereAreTooMany() {
        sagas.sagaId = CompletableFuture.failedFuture(new TooManySagasException("200 were asked for"));

        ResponseEntity<Object> answer = placement
                .place(ORDER, NUMBER, OrderStyle.ORCHESTRATION, AT_ONCE)
                .join();

        assertThat(answer.getStatusCode().value()).isEqualTo(503);
        assertThat(answer.getHeaders().getFirst("Retry-After")).isNotNull();
        assertThat(((ProblemDetail) answer.getBody()).getDetail()).startsWith("The order was not taken");
    }

    @Test
    void neverShowsACardNumber() {
        assertThat(ORDER.paidWith("tok_4242").toString()).doesNotContain("4242");
        assertThat(new PlaceOrder("ann", List.of(), "4242424242424242", "DE").toString())
                .doesNotContain("4242");
    }
}
