package dev.caravan.saga.lra;

import static dev.caravan.saga.lra.Answered.failure;
import static dev.caravan.saga.lra.Answered.get;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.caravan.saga.lra.LraClient.Lra;
import dev.caravan.saga.time.Backoff;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the answers of a coordinator mean, and what it is sent. */
class LraClientTest {

    private static final Lra LRA = new Lra("http://elsewhere.example/lra-coordinator/uid-1?ParentLRA=x");

    private record Answer(int status, String body, Map<String, String> headers) {}

    private record Request(String line, int port, Map<String, List<String>> headers) {}

    private final Queue<Answer> answers = new ArrayDeque<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final ExecutorService executor = Executors.newFixedThreadPool(2);
    private HttpServer server;
    private LraClient client;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        client = client("the secret");
    }

    private LraClient client(String secret) {
        URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/lra-coordinator");
        Backoff pauses = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(1), 0);
        return new LraClient(
                new CoordinatorConnection(
                        () -> url,
                        secret,
                        Duration.ofSeconds(10),
                        new CircuitBreaker(Clock.systemUTC(), pauses),
                        CoordinatorTransport.http(Duration.ofSeconds(10), executor)),
                "orders & more");
    }

    private void answer(HttpExchange http) throws IOException {
        requests.add(new Request(
                http.getRequestMethod() + " " + http.getRequestURI(),
                http.getRemoteAddress().getPort(),
                Map.copyOf(http.getRequestHeaders())));
        http.getRequestBody().readAllBytes();
        Answer answer = answers.remove();
        answer.headers().forEach((name, value) -> http.getResponseHeaders().add(name, value));
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        http.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
        http.getResponseBody().write(body);
        http.close();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        executor.shutdown();
    }

    private void answers(int status, String body) {
        answers.add(new Answer(status, body, Map.of()));
    }

    @Test
    void takesTheIdFromWhereverItIs() throws Exception {
        answers.add(new Answer(201, "", Map.of("Location", "http://c/lra-coordinator/1")));
        answers.add(new Answer(200, "", Map.of("Long-Running-Action", "http://c/lra-coordinator/2")));
        answers(200, "http://c/lra-coordinator/3\n");

        for (String uid : List.of("1", "2", "3")) {
            assertThat(get(client.start(1500)).uid()).isEqualTo(uid);
        }

        assertThat(requests.get(0).line())
                .isEqualTo("POST /lra-coordinator/start?ClientID=orders+%26+more&TimeLimit=1500");
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 202, 204})
    void hasJoinedAfterAnySuccess(int status) throws Exception {
        answers(status, "");

        get(client.join(LRA, "<http://p/compensate>; rel=\"compensate\"", 0));

        assertThat(requests.get(0).line()).isEqualTo("PUT /lra-coordinator/uid-1");
    }

    @ParameterizedTest
    @CsvSource({
        "404, true, false, it has ended",
        "410, true, false, it has ended",
        "412, false, true, it is ending",
        "401, false, false, caravan.lra.coordinator.secret",
        "503, false, false, HTTP 503"
    })
    void saysWhatARefusalMeans(int status, boolean gone, boolean tooLate, String text) throws Exception {
        answers(status, "the reason");

        LraException refused = failure(client.join(LRA, "<http://p/compensate>; rel=\"compensate\"", 0));

        assertThat(refused).hasMessageContainingAll(LRA.id(), "HTTP " + status, text, "the reason");
        assertThat(refused.status()).isEqualTo(status);
        assertThat(refused.isGone()).isEqualTo(gone);
        assertThat(refused.isTooLate()).isEqualTo(tooLate);
    }

    @ParameterizedTest
    @CsvSource({
        "200, Closed, Closed",
        "200, Closing, Closing",
        "202, Closing, Closing",
        "200, Cancelled, Cancelled",
        "200, FailedToClose, FailedToClose",
        "404, unknown, Gone",
        "410, '', Gone"
    })
    void readsHowFarTheCoordinatorCame(int status, String body, LraStatus meaning) throws Exception {
        answers(status, body);

        assertThat(get(client.close(LRA))).isEqualTo(meaning);
    }

    @ParameterizedTest
    @CsvSource({"412, too late", "202, ''", "204, ''", "200, something else"})
    void asksForTheStatusWhenTheAnswerDoesNotSayIt(int status, String body) throws Exception {
        answers(status, body);
        answers(200, "Closing");

        assertThat(get(client.cancel(LRA))).isEqualTo(LraStatus.Closing);

        assertThat(requests)
                .extracting(Request::line)
                .containsExactly("PUT /lra-coordinator/uid-1/cancel", "GET /lra-coordinator/uid-1/status");
    }

    @Test
    void sendsItsSecretOverOneConnectionThatIsKeptAlive() throws Exception {
        for (int i = 0; i < 10; i++) {
            answers(200, "Active");
            get(client.status(LRA));
        }

        assertThat(requests)
                .extracting(Request::port)
                .containsOnly(requests.get(0).port());
        assertThat(requests).allSatisfy(request -> assertThat(request.headers())
                .containsEntry("Authorization", List.of("Bearer the secret"))
                .doesNotContainKeys("Upgrade", "Http2-settings"));
        answers(200, "Active");
        get(client(null).status(LRA));
        assertThat(requests.get(10).headers()).doesNotContainKey("Authorization");
    }

    @Test
    void followsNoRedirect() throws Exception {
        answers.add(new Answer(307, "", Map.of("Location", "http://127.0.0.1:1/elsewhere")));

        assertThat(failure(client.close(LRA)).status()).isEqualTo(307);
        assertThat(requests).hasSize(1);
    }

    @Test
    void listsWhatThisApplicationHasStarted() throws Exception {
        answers(200, """
                [{"lraId":"http://c/lra-coordinator/1","clientId":"orders & more","status":"Active","startTime":1},
                 {"lraId":"http://c/lra-coordinator/2","clientId":"orders","status":"Active"},
                 {"lraId":"http://c/lra-coordinator/3","clientId":null,"status":"Active"}]""");
        answers(200, "not JSON");
        answers(400, "no such status");

        assertThat(get(client.active())).extracting(Lra::uid).containsExactly("1");
        assertThat(requests.get(0).line()).isEqualTo("GET /lra-coordinator?Status=Active");
        assertThat(requests.get(0).headers().get("Accept")).containsExactly("application/json");
        assertThat(failure(client.active())).hasMessageContaining("cannot be read: not JSON");
        assertThat(failure(client.active())).hasMessageContaining("would not list its LRAs: HTTP 400");
    }
}
