package dev.caravan.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.caravan.testing.HangLimit;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Orders that an orchestrator elsewhere carries out, which is played by the test. */
class RemoteOrderSagasTest {

    private static final PricedOrder ORDER = new PricedOrder(
            "order-1",
            "ann",
            List.of(new OrderItem("COFFEE", 2, new BigDecimal("12.50"))),
            new BigDecimal("25.00"),
            "EUR",
            "tok_1",
            "4242",
            "KR");

    /** The request has come, and its answer does not arrive. */
    private static final String CUT = "cut";

    private final Deque<String> answers = new ArrayDeque<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<String> logins = new CopyOnWriteArrayList<>();
    private HttpServer orchestrator;
    private RemoteOrderSagas sagas;

    @BeforeEach
    void listen() throws IOException {
        orchestrator = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        orchestrator.createContext("/", exchange -> {
            logins.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            byte[] answer = answers.remove().getBytes(StandardCharsets.UTF_8);
            if (new String(answer, StandardCharsets.UTF_8).equals(CUT)) {
                exchange.close();
                return;
            }
            exchange.sendResponseHeaders(answer.length == 0 ? 503 : 200, answer.length == 0 ? -1 : answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        orchestrator.start();
        sagas = new RemoteOrderSagas(
                URI.create("http://127.0.0.1:" + orchestrator.getAddress().getPort()), new ObjectMapper());
    }

    @AfterEach
    void close() {
        orchestrator.stop(0);
    }

    @Test
    void asksAgainUntilTheSagaHasEnded() throws Exception {
        answers.addAll(List.of(
                "{\"sagaId\": \"saga-1\"}",
                "{\"status\": \"EXECUTING\"}",
                "{\"status\": \"COMPENSATING\"}",
                "{\"status\": \"COMPENSATED\"}"));
        StartedOrderSaga started = sagas.start(ORDER, OrderStyle.ORCHESTRATION);

        assertThat(started.ended().toCompletableFuture().get(HangLimit.SECONDS, TimeUnit.SECONDS))
                .isEqualTo("COMPENSATED");
        assertThat(requests)
                .containsExactly(
                        "POST /api/sagas/order-saga?key=order-1",
                        "GET /api/sagas/saga-1",
                        "GET /api/sagas/saga-1",
                        "GET /api/sagas/saga-1");
    }

    @Test
    void logsInWithTheUserInTheAddress() throws Exception {
        URI address = URI.create(
                "http://shop:se%40cret@127.0.0.1:" + orchestrator.getAddress().getPort());
        answers.addAll(List.of("{\"sagaId\": \"saga-1\"}", ""));
        StartedOrderSaga started =
                new RemoteOrderSagas(address, new ObjectMapper()).start(ORDER, OrderStyle.ORCHESTRATION);

        assertThatThrownBy(() -> started.ended().toCompletableFuture().get(HangLimit.SECONDS, TimeUnit.SECONDS))
                .rootCause()
                .hasMessageContaining("http://127.0.0.1:")
                .message()
                .doesNotContain("cret");
        assertThat(logins)
                .hasSize(2)
                .containsOnly(
                        "Basic " + Base64.getEncoder().encodeToString("shop:se@cret".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void logsInWithTheUserThatIsGivenBesideTheAddress() throws Exception {
        URI address = URI.create("http://127.0.0.1:" + orchestrator.getAddress().getPort());
        answers.addAll(List.of("{\"sagaId\": \"saga-1\"}", "{\"status\": \"COMPLETED\"}"));

        new RemoteOrderSagas(address, Optional.of("order-service:se:cret"), new ObjectMapper())
                .start(ORDER, OrderStyle.ORCHESTRATION)
                .ended()
                .toCompletableFuture()
                .get(HangLimit.SECONDS, TimeUnit.SECONDS);

        assertThat(logins)
                .hasSize(2)
                .containsOnly("Basic "
                        + Base64.getEncoder().encodeToString("order-service:se:cret".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void showsAnOrderFromItsStartWithoutItsCard() throws Exception {
        answers.addAll(List.of("{\"sagaId\": \"saga-1\"}", "{\"status\": \"COMPLETED\"}"));
        assertThat(sagas.pending("order-1")).isEmpty();
        StartedOrderSaga started = sagas.start(ORDER, OrderStyle.ORCHESTRATION);

        assertThat(started.sagaId().toCompletableFuture().get(HangLimit.SECONDS, TimeUnit.SECONDS))
                .isEqualTo("saga-1");
        PendingOrder pending = sagas.pending("order-1").orElseThrow();
        assertThat(pending.sagaId()).isEqualTo("saga-1");
        assertThat(pending.order().total()).isEqualTo("25.00");
        assertThat(pending.order().cardToken()).isNull();
    }

    @Test
    void showsAnOrderAsCancelledThatWasUndoneBeforeItWasRecorded() throws Exception {
        answers.addAll(List.of("{\"sagaId\": \"saga-1\"}", "{\"status\": \"COMPENSATED\"}"));
        sagas.start(ORDER, OrderStyle.ORCHESTRATION)
                .ended()
                .toCompletableFuture()
                .get(HangLimit.SECONDS, TimeUnit.SECONDS);

        assertThat(sagas.pending("order-1").orElseThrow().status()).isEqualTo(OrderStatus.CANCELLED);
    }

    @Test
    void showsNoOrderThatWasNotStarted() {
        answers.add("{\"started\": false}");

        assertThatThrownBy(() -> sagas.start(ORDER, OrderStyle.ORCHESTRATION)
                        .sagaId()
                        .toCompletableFuture()
                        .get(HangLimit.SECONDS, TimeUnit.SECONDS))
                .hasRootCauseInstanceOf(IllegalStateException.class);
        assertThat(sagas.pending("order-1")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "cut", "{}", "not JSON"})
    void doesNotKnowWhatBecameOfARequestWithoutAnAnswerOfTheOrchestrator(String answer) {
        answers.addAll(List.of(answer, answer));

        assertThatThrownBy(() -> sagas.start(ORDER, OrderStyle.ORCHESTRATION)
                        .sagaId()
                        .toCompletableFuture()
                        .get(HangLimit.SECONDS, TimeUnit.SECONDS))
                .hasCauseInstanceOf(StartNotKnownException.class);
    }

    @Test
    void knowsThatNothingWasStartedWhereNobodyListens() {
        orchestrator.stop(0);

        assertThatThrownBy(() -> sagas.start(ORDER, OrderStyle.ORCHESTRATION)
                        .sagaId()
                        .toCompletableFuture()
                        .get(HangLimit.SECONDS, TimeUnit.SECONDS))
                .hasCauseInstanceOf(java.net.ConnectException.class);
    }
}
