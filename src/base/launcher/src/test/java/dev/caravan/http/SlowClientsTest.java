package dev.caravan.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.testing.HangLimit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** A server of four threads, and many clients that begin a request and then say nothing. */
class SlowClientsTest {

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Socket> clients = new ArrayList<>();
    private ConfigurableApplicationContext server;

    @EnableAutoConfiguration
    @RestController
    static class Server {

        @GetMapping("/live")
        String live() {
            return "alive";
        }

        @PostMapping(path = "/orders", consumes = MediaType.APPLICATION_JSON_VALUE)
        String order(@RequestBody String order) {
            return "took " + order.length();
        }

        @PostMapping(path = "/login", consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
        String login(@RequestParam String user) {
            return user;
        }
    }

    private void start(String... settings) {
        server = new SpringApplicationBuilder(Server.class)
                .properties(
                        "server.port=0",
                        "server.address=127.0.0.1",
                        "server.tomcat.threads.max=4",
                        "caravan.http.body-timeout=10m",
                        "caravan.http.max-body=1KB")
                .properties(settings)
                .run();
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        server.close();
        threads.shutdown();
    }

    private Socket send(String request) throws IOException {
        int port = ((ServletWebServerApplicationContext) server).getWebServer().getPort();
        Socket client = new Socket(InetAddress.getLoopbackAddress(), port);
        clients.add(client);
        client.setSoTimeout((int) HangLimit.TIME.toMillis());
        client.getOutputStream().write(request.replace("\n", "\r\n").getBytes(US_ASCII));
        return client;
    }

    private static String answer(Socket client) {
        try {
            return new String(client.getInputStream().readAllBytes(), US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String live() throws IOException {
        return answer(send("GET /live HTTP/1.1\nHost: a\nConnection: close\n\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /orders HTTP/1.1\nHost: a\nContent-Type: application/json\nContent-Length: 900\n\n[",
                "POST /orders HTTP/1.1\nHost: a\nContent-Type: application/json\nTransfer-Encoding: chunked\n\n1",
                "POST /orders HTTP/1.1\nHost: a\nContent-Type: application/json\nTransfer-Encoding: chunked\n\n1\n[\n",
                "POST /login HTTP/1.1\nHost: a\nContent-Type: application/x-www-form-urlencoded\nContent-Length: 900\n\nu",
                "POST /nowhere HTTP/1.1\nHost: a\nContent-Length: 900\n\n[",
                "GET /live HTTP/1.1\nHost: a\nContent-Length: 900\n\n["
            })
    void answersOthersWhileClientsSendNothing(String request) throws IOException {
        start("caravan.http.read-timeout=10m");
        for (int i = 0; i < 12; i++) {
            send(request);
        }

        assertThat(live()).startsWith("HTTP/1.1 200").endsWith("alive");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GE", "POST /orders HTTP/1.1\nHost: a\nContent-Le"})
    void holdsNoThreadForAHeaderThatDoesNotCome(String half) throws IOException {
        start();
        for (int i = 0; i < 300; i++) {
            send(half);
        }

        assertThat(live()).startsWith("HTTP/1.1 200").endsWith("alive");
    }

    @Test
    void closesAConnectionWhoseHeaderDoesNotCome() throws IOException {
        start("server.tomcat.connection-timeout=200ms");

        assertThat(answer(send("GET /live HTTP/1.1\nHost: a\nX-Ha"))).doesNotContain("HTTP/1.1 200");
    }

    @Test
    void cutsOffAClientThatSendsNothingMore() throws IOException {
        start("caravan.http.read-timeout=200ms");

        assertThat(answer(
                        send("POST /orders HTTP/1.1\nHost: a\nContent-Type: application/json\nContent-Length: 9\n\n[")))
                .startsWith("HTTP/1.1 408")
                .contains("application/problem+json", "did not come in time");
    }

    @Test
    void saysThatTooManySendSlowly() throws IOException {
        start("caravan.http.read-timeout=10m");
        String slow = "POST /orders HTTP/1.1\nHost: a\nContent-Type: application/json\nContent-Length: 9\n\n[";
        List<CompletableFuture<String>> answers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Socket client = send(slow);
            answers.add(CompletableFuture.supplyAsync(() -> answer(client), threads));
        }

        Object first = CompletableFuture.anyOf(answers.toArray(CompletableFuture[]::new))
                .join();
        assertThat(first).asString().startsWith("HTTP/1.1 503").contains("application/problem+json");
        assertThat(answers).filteredOn(CompletableFuture::isDone).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /orders HTTP/1.1\nHost: a\nContent-Type: application/json\nContent-Length: 1025\n\n",
                "POST /orders HTTP/1.1\nHost: a\nContent-Type: application/json\nTransfer-Encoding: chunked\n\n"
            })
    void refusesABodyThatIsTooLarge(String request) throws IOException {
        start();
        boolean chunked = request.contains("chunked");
        String body = (chunked ? "401\n" : "") + "x".repeat(1025) + (chunked ? "\n0\n\n" : "");

        assertThat(answer(send(request + body))).startsWith("HTTP/1.1 413").contains("larger than this server takes");
    }

    @Test
    void usesAConnectionAgainAfterABodyThatNobodyRead() throws IOException {
        start();

        String answers = answer(send("GET /live HTTP/1.1\nHost: a\nContent-Length: 3\n\nabc"
                + "POST /orders HTTP/1.1\nHost: a\nContent-Type: application/json\nTransfer-Encoding: chunked\n\n"
                + "2\n[]\n0\n\nGET /live HTTP/1.1\nHost: a\nConnection: close\n\n"));

        assertThat(answers.split("HTTP/1.1 200")).as(answers).hasSize(4);
        assertThat(answers).contains("took 2");
    }
}
