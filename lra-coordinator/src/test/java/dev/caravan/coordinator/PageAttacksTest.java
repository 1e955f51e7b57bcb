package dev.caravan.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.testing.HangLimit;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** A page in a browser of this machine, and a proxy on it, at a coordinator that listens on the loopback address. */
class PageAttacksTest {

    @TempDir
    Path store;

    private ConfigurableApplicationContext application;
    private int port;
    private String lra;

    @BeforeEach
    void start() throws IOException {
        application = new SpringApplicationBuilder(LraCoordinatorApplication.class)
                .properties("spring.config.name=lra-coordinator")
                .run("--server.port=0", "--caravan.lra.coordinator.store-dir=" + store);
        port = ((WebServerApplicationContext) application).getWebServer().getPort();
        String started = send("POST /lra-coordinator/start", "Host: localhost:" + port);
        assertThat(started).startsWith("HTTP/1.1 201");
        lra = started.lines()
                .filter(line -> line.startsWith("Location: "))
                .findFirst()
                .orElseThrow()
                .replaceFirst("Location: https?://[^/]*", "");
    }

    @AfterEach
    void stop() {
        application.close();
    }

    @Test
    void letsAPageListStartAndEndNothing() throws IOException {
        for (String request : List.of(
                "GET /lra-coordinator",
                "HEAD /lra-coordinator",
                "GET /lra-coordinator/recovery",
                "POST /lra-coordinator/start",
                "PUT " + lra + "/cancel",
                "PUT " + lra + "/close",
                "PUT " + lra,
                "PUT " + lra + ";x=y/cancel",
                "GET /actuator/health",
                "GET /actuator/prometheus")) {
            for (String[] headers : new String[][] {
                {"Host: evil.example"},
                {"Host: localhost.evil.example:" + port},
                {"Host: localhost:" + port, "Origin: http://evil.example"},
                {"Host: localhost:" + port, "Origin: null"},
                {"Host: localhost:" + port, "Sec-Fetch-Site: cross-site"},
                {"Host: localhost:" + port, "Sec-Fetch-Site: same-site"},
                {"Host: localhost:" + port, "Referer: http://evil.example/"},
                {"Host: localhost:" + port, "X-Forwarded-For: 192.0.2.1"},
                {"Host: localhost:" + port, "Forwarded: for=192.0.2.1"},
            }) {
                assertThat(send(request, headers))
                        .as("%s %s", request, List.of(headers))
                        .startsWith("HTTP/1.1 403");
            }
        }
        assertThat(send("GET " + lra + "/status", "Host: 127.0.0.1:" + port))
                .startsWith("HTTP/1.1 200")
                .endsWith("Active");
        assertThat(send("PUT " + lra + "/cancel", "Host: localhost:" + port)).startsWith("HTTP/1.1 200");
    }

    private String send(String request, String... headers) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) HangLimit.TIME.toMillis());
            String text = request + " HTTP/1.1\r\nConnection: close\r\nContent-Length: 0\r\n"
                    + String.join("\r\n", headers) + "\r\n\r\n";
            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        }
    }
}
