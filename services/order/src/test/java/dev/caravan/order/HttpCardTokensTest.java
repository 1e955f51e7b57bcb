package dev.caravan.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The gateway is played by the test. */
class HttpCardTokensTest {

    private static final String CARD = "4242424242424242";

    private final List<String> requests = new CopyOnWriteArrayList<>();
    private HttpServer gateway;
    private volatile int status = 200;
    private volatile String answer = "{\"token\": \"tok-1\"}";
    private CardTokens tokens;

    @BeforeEach
    void listen() throws IOException {
        gateway = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        gateway.createContext("/", exchange -> {
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            byte[] body = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        gateway.start();
        tokens = new HttpCardTokens(
                "http://127.0.0.1:" + gateway.getAddress().getPort() + "/gateway/",
                Duration.ofSeconds(10),
                new ObjectMapper());
    }

    @AfterEach
    void close() {
        gateway.stop(0);
    }

    @Test
    void asksTheGatewayForTheTokenOfACard() {
        assertThat(tokens.exchange(CARD).join()).isEqualTo("tok-1");
        assertThat(requests).containsExactly("POST /gateway/tokens {\"card\":\"" + CARD + "\"}");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 402, 422})
    void saysThatTheGatewayDoesNotTakeTheCard(int refused) {
        status = refused;

        assertThatThrownBy(() -> tokens.exchange(CARD).join())
                .hasRootCauseInstanceOf(InvalidOrderException.class)
                .hasMessageContaining("is not taken by the payment gateway")
                .hasMessageNotContaining(CARD);
    }

    @ParameterizedTest
    @CsvSource({"500, {}", "200, {}", "200, 'no JSON'", "404, not found", "200, '{\"token\": \"\"}'"})
    void isSilentWithoutATokenThatCanBeUsed(int code, String body) {
        status = code;
        answer = body;

        assertThatThrownBy(() -> tokens.exchange(CARD).join())
                .hasCauseInstanceOf(GatewaySilentException.class)
                .hasMessageNotContaining(CARD);
    }

    @Test
    void isSilentWhenNobodyListens() {
        gateway.stop(0);

        assertThatThrownBy(() -> tokens.exchange(CARD).join())
                .hasCauseInstanceOf(GatewaySilentException.class)
                .hasMessageContaining("does not answer");
    }
}
