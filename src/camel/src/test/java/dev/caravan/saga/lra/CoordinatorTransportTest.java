package dev.caravan.saga.lra;

import static dev.caravan.saga.lra.Answered.failure;
import static dev.caravan.saga.lra.Answered.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.caravan.coordinator.LraCoordinatorAutoConfiguration;
import dev.caravan.saga.lra.LraClient.Lra;
import dev.caravan.saga.time.Backoff;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.ServletWebServerFactoryAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** A client gets the same from the real coordinator over HTTP and, inside the same application, without a socket. */
class CoordinatorTransportTest {

    private static final String SECRET = "the coordinator's secret";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private static Path store;

    private static final List<String> CALLS = new CopyOnWriteArrayList<>();

    private static ConfigurableApplicationContext application;
    private static ExecutorService threads;
    private static HttpServer participant;
    private static volatile int answer;
    private static volatile CountDownLatch answering;

    @Configuration
    @ImportAutoConfiguration({ServletWebServerFactoryAutoConfiguration.class, LraCoordinatorAutoConfiguration.class})
    static class Coordinator {

        @Autowired
        @Qualifier("lraCoordinator")
        private BiFunction<HttpRequest, Executor, CompletableFuture<HttpResponse<String>>> local;
    }

    enum Way {
        HTTP,
        LOCAL;

        CoordinatorTransport transport() {
            return this == HTTP
                    ? CoordinatorTransport.http(PATIENCE, threads)
                    : request -> application.getBean(Coordinator.class).local.apply(request, threads);
        }

        LraClient client(String secret, Duration timeout) {
            CircuitBreaker breaker = new CircuitBreaker(Clock.systemUTC(), new Backoff(PATIENCE, PATIENCE, 0));
            return new LraClient(
                    new CoordinatorConnection(
                            CoordinatorTransportTest::coordinator, secret, timeout, breaker, transport()),
                    "orders & more");
        }
    }

    @BeforeAll
    static void start() throws IOException {
        threads = Executors.newCachedThreadPool();
        participant = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        participant.setExecutor(threads);
        participant.createContext("/", CoordinatorTransportTest::called);
        participant.start();
        application = new SpringApplicationBuilder(Coordinator.class)
                .properties(
                        "server.port=0",
                        "server.address=127.0.0.1",
                        "spring.main.banner-mode=off",
                        "caravan.lra.coordinator.embedded=true",
                        "caravan.lra.coordinator.secret=" + SECRET,
                        "caravan.lra.coordinator.recovery-period=100ms",
                        "caravan.lra.coordinator.store-dir=" + store)
                .run();
    }

    @AfterAll
    static void stop() {
        application.close();
        participant.stop(0);
        threads.shutdownNow();
    }

    @BeforeEach
    void participantsAnswer() {
        CALLS.clear();
        answer = 200;
        answering = new CountDownLatch(0);
    }

    private static void called(HttpExchange callback) throws IOException {
        CALLS.add(callback.getRequestURI().getPath());
        try {
            answering.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        callback.sendResponseHeaders(answer, -1);
        callback.close();
    }

    private static URI coordinator() {
        String port = application.getEnvironment().getRequiredProperty("local.server.port");
        return URI.create("http://127.0.0.1:" + port + "/lra-coordinator");
    }

    private static String link(String step) {
        String url = "http://127.0.0.1:" + participant.getAddress().getPort() + "/" + step;
        return "<%1$s/compensate>; rel=\"compensate\",<%1$s/complete>; rel=\"complete\"".formatted(url);
    }

    /** A new LRA that these steps have joined. */
    private static Lra joined(LraClient client, String... steps) throws Exception {
        Lra lra = get(client.start(0));
        for (String step : steps) {
            get(client.join(lra, link(step), 0));
        }
        return lra;
    }

    private static void awaitGone(LraClient client, Lra lra) {
        await().atMost(PATIENCE).until(() -> get(client.status(lra)) == LraStatus.Gone);
    }

    @ParameterizedTest
    @EnumSource
    void completesWhatJoined(Way way) throws Exception {
        LraClient client = way.client(SECRET, PATIENCE);

        Lra lra = get(client.start(60_000));
        get(client.join(lra, link("one"), 0));
        get(client.join(lra, link("two"), 90_000));
        get(client.limit(lra, 120_000));

        assertThat(lra.id()).startsWith(coordinator() + "/");
        assertThat(get(client.status(lra))).isEqualTo(LraStatus.Active);
        assertThat(get(client.active())).contains(lra);
        assertThat(get(client.close(lra))).isEqualTo(LraStatus.Closed);
        assertThat(CALLS).containsExactly("/two/complete", "/one/complete");
        assertThat(get(client.status(lra))).isEqualTo(LraStatus.Gone);
        assertThat(get(client.active())).doesNotContain(lra);
    }

    @ParameterizedTest
    @EnumSource
    void compensatesInReverseOrder(Way way) throws Exception {
        LraClient client = way.client(SECRET, PATIENCE);
        Lra lra = joined(client, "one", "two");

        assertThat(get(client.cancel(lra))).isEqualTo(LraStatus.Cancelled);

        assertThat(CALLS).containsExactly("/two/compensate", "/one/compensate");
        assertThat(failure(client.join(lra, link("late"), 0)).isGone()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void letsTheFirstDecisionStand(Way way) throws Exception {
        LraClient client = way.client(SECRET, PATIENCE);
        Lra lra = joined(client, "one");
        answer = 503;

        assertThat(get(client.close(lra))).isEqualTo(LraStatus.Closing);
        assertThat(get(client.cancel(lra))).isEqualTo(LraStatus.Closing);
        LraException refused = failure(client.join(lra, link("late"), 0));

        assertThat(refused.isTooLate()).isTrue();
        assertThat(refused).hasMessageContainingAll(lra.id(), "HTTP 412", "too late to join");
        answer = 200;
        awaitGone(client, lra);
        assertThat(CALLS).containsOnly("/one/complete");
    }

    @ParameterizedTest
    @EnumSource
    void asksForTheSecretAndForAllowedCallbacks(Way way) throws Exception {
        LraException stranger = failure(way.client("another secret", PATIENCE).start(0));
        LraClient client = way.client(SECRET, PATIENCE);
        Lra lra = get(client.start(0));

        LraException elsewhere = failure(client.join(lra, "<http://elsewhere.example/x>; rel=\"compensate\"", 0));

        assertThat(stranger.status()).isEqualTo(401);
        assertThat(stranger).hasMessageContaining("caravan.lra.coordinator.secret");
        assertThat(elsewhere.status()).isEqualTo(403);
        assertThat(get(client.close(lra))).isEqualTo(LraStatus.Closed);
    }

    @ParameterizedTest
    @EnumSource
    void waitsNoLongerThanItsTimeOut(Way way) throws Exception {
        LraClient client = way.client(SECRET, PATIENCE);
        Lra lra = joined(client, "one");
        answering = new CountDownLatch(1);

        LraException late = failure(way.client(SECRET, Duration.ofMillis(300)).cancel(lra));

        assertThat(late.status()).isZero();
        assertThat(late).hasMessageContainingAll("cannot cancel LRA " + lra.id(), "TimeoutException");
        answering.countDown();
        awaitGone(client, lra);
        assertThat(CALLS).containsExactly("/one/compensate");
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /start?ClientID=a+b&TimeLimit=x, text/plain, 404",
        "PUT, /0_0_0_0_0/close, text/plain, 404",
        "PUT, /0_0_0_0_0/close, application/json, 404",
        "GET, /0_0_0_0_0/status, text/plain, 404",
        "GET, ?Status=Unknown, application/json, 400",
        "GET, ?Status=Closing, application/json, 200",
        "GET, ?Status=Closing, application/xml, 406",
        "GET, /recovery/failed, application/json, 200",
        "DELETE, /0_0_0_0_0, text/plain, 405"
    })
    void answersTheSame(String method, String path, String accept, int status) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(coordinator() + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .header("Accept", accept)
                .header("Authorization", "Bearer " + SECRET)
                .build();

        HttpResponse<String> overHttp = get(Way.HTTP.transport().send(request));
        HttpResponse<String> local = get(Way.LOCAL.transport().send(request));

        assertThat(overHttp.statusCode()).isEqualTo(status);
        assertThat(local.statusCode()).isEqualTo(status);
        assertThat(local.headers().firstValue("Content-Type"))
                .isEqualTo(overHttp.headers().firstValue("Content-Type"));
        assertThat(local.body()).isEqualTo(overHttp.body());
    }
}
