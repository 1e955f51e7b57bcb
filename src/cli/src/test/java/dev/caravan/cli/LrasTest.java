package dev.caravan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the program asks of an application that has a coordinator, and what it makes of the answers. */
class LrasTest {

    private static final String LRA =
            "{\"id\": \"a1\", \"clientId\": \"quarkus\", \"status\": \"Active\", \"startedAt\": \"2026-03-01T12:00:00Z\"}";

    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private HttpServer application;

    @BeforeEach
    void start() throws IOException {
        application = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        application.createContext("/", this::answer);
        application.start();
    }

    @AfterEach
    void stop() {
        application.stop(0);
    }

    private void answer(HttpExchange request) throws IOException {
        String said = new String(request.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String asked = request.getRequestMethod() + " " + request.getRequestURI();
        requests.add(said.isEmpty() ? asked : asked + " " + said);
        switch (asked) {
            case "GET /api/lras?limit=2&status=Active&sagas=true" -> {
                request.getResponseHeaders().add("Lra-Total", "5");
                send(request, 200, "[" + LRA + "]");
            }
            case "GET /api/lras/a1" -> send(request, 200, LRA);
            case "POST /api/lras/a1/cancel" -> send(request, 200, "{\"id\": \"a1\", \"status\": \"Cancelling\"}");
            case "POST /api/lras/a1/recover" -> send(request, 202, "");
            case "POST /api/lras/a1/forget" -> send(request, 204, "");
            case "POST /api/lras/a1/close" -> send(request, 504, "{\"detail\": \"It is not known\"}");
            default -> send(request, 404, "{\"detail\": \"There is none\"}");
        }
    }

    private static void send(HttpExchange request, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        request.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        request.getResponseBody().write(bytes);
        request.close();
    }

    private int run(String... arguments) {
        String url = "http://localhost:" + application.getAddress().getPort();
        String[] all = Stream.concat(Stream.of("lras", "--url", url), Stream.of(arguments))
                .toArray(String[]::new);
        return Caravan.run(new PrintWriter(out, true), new PrintWriter(err, true), all);
    }

    @Test
    void listsThem() {
        assertThat(run("--limit", "2", "--status", "Active", "--sagas")).isZero();

        assertThat(out.toString().lines().toList())
                .satisfiesExactly(head -> assertThat(head).startsWith("LRA  CLIENT"), line -> assertThat(line)
                        .startsWith("a1   quarkus  Active"));
        assertThat(err.toString()).contains("1 of 5 LRAs");
    }

    @Test
    void showsOne() {
        assertThat(run("a1", "--json")).isZero();
        assertThat(Rest.json(out.toString())).isEqualTo(Rest.json(LRA));

        assertThat(run("b2")).isEqualTo(Failure.REFUSED);
        assertThat(err.toString()).contains("There is none");
    }

    @Test
    void actsOnOne() {
        assertThat(run("a1", "--act", "cancel", "--who", "ann", "--why", "wrong trip"))
                .isZero();
        assertThat(run("a1", "--act", "recover", "--who", "ann", "--why", "it is back"))
                .isZero();
        assertThat(run("a1", "--act", "forget", "--who", "ann", "--why", "seen to"))
                .isZero();

        assertThat(requests)
                .containsExactly(
                        "POST /api/lras/a1/cancel {\"who\":\"ann\",\"reason\":\"wrong trip\"}",
                        "POST /api/lras/a1/recover {\"who\":\"ann\",\"reason\":\"it is back\"}",
                        "POST /api/lras/a1/forget {\"who\":\"ann\",\"reason\":\"seen to\"}");
        assertThat(out.toString().lines())
                .containsExactly("a1 is Cancelling", "Its participants are called again", "a1 is forgotten");
    }

    @Test
    void saysWhatIsNotKnownAndWhatIsMissing() {
        assertThat(run("a1", "--act", "close", "--who", "ann", "--why", "done")).isEqualTo(Failure.NO_ANSWER);
        assertThat(err.toString()).contains("It is not known");

        assertThat(run("a1", "--act", "close")).isEqualTo(2);
        assertThat(run("--act", "close", "--why", "done")).isEqualTo(2);
        assertThat(requests).hasSize(1);
    }
}
