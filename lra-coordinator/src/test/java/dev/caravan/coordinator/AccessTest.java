package dev.caravan.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** Who may use the coordinator, and whom it may be made to call. */
class AccessTest {

    private static final String SECRET = "a secret of this test";

    @TempDir
    Path store;

    private final Participants participants = new Participants();
    private ConfigurableApplicationContext application;
    private String coordinator;

    @BeforeEach
    void start() {
        application = new SpringApplicationBuilder(LraCoordinatorApplication.class)
                .properties("spring.config.name=lra-coordinator")
                .run(
                        "--server.port=0",
                        "--server.address=0.0.0.0",
                        "--caravan.lra.coordinator.secret=" + SECRET,
                        "--caravan.lra.coordinator.allowed-participants=127.0.0.1",
                        "--caravan.lra.coordinator.store-dir=" + store);
        int port = ((WebServerApplicationContext) application).getWebServer().getPort();
        coordinator = "http://127.0.0.1:" + port + "/lra-coordinator";
    }

    @AfterEach
    void stop() {
        application.close();
        participants.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Bearer", "Bearer wrong", "Basic YTpi", "a secret of this test"})
    void answersNobodyWithoutTheSecret(String authorization) throws Exception {
        String lra =
                send("POST", coordinator + "/start", "Bearer " + SECRET, null).body();

        for (String[] request : new String[][] {
            {"POST", coordinator + "/start"},
            {"GET", coordinator},
            {"GET", coordinator + "/"},
            {"GET", coordinator + "/recovery"},
            {"GET", lra + "/status"},
            {"PUT", lra + "/close"},
            {"PUT", lra + "/cancel"},
            {"PUT", lra + ";x=y/cancel"},
            {"PUT", lra}
        }) {
            HttpResponse<String> answer = send(request[0], request[1], authorization, null);
            assertThat(answer.statusCode()).as(String.join(" ", request)).isEqualTo(401);
            assertThat(answer.headers().firstValue("WWW-Authenticate")).contains("Bearer");
        }
        assertThat(send("GET", lra + "/status", "Bearer " + SECRET, null).body())
                .isEqualTo("Active");
    }

    @Test
    void letsNoParticipantJoinThatIsNotOnAnAllowedHost() throws Exception {
        String lra =
                send("POST", coordinator + "/start", "Bearer " + SECRET, null).body();

        HttpResponse<String> refused =
                send("PUT", lra, "Bearer " + SECRET, "<http://localhost:1/x>; rel=\"compensate\"");
        HttpResponse<String> joined = send("PUT", lra, "Bearer " + SECRET, participants.link("one", "compensate"));

        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).contains("http://localhost:1/x", "allowed-participants");
        assertThat(joined.statusCode()).isEqualTo(200);
        assertThat(send("PUT", lra + "/cancel", "Bearer " + SECRET, null).body())
                .isEqualTo("Cancelled");
        assertThat(participants.calls()).containsExactly("one/compensate");
    }

    @Test
    void tellsItsMetrics() throws Exception {
        String lra =
                send("POST", coordinator + "/start", "Bearer " + SECRET, null).body();
        send("PUT", lra, "Bearer " + SECRET, participants.link("one", "compensate"));
        send("PUT", lra + "/cancel", "Bearer " + SECRET, null);
        send("POST", coordinator + "/start", "Bearer " + SECRET, null);

        String metrics = send("GET", coordinator.replace("/lra-coordinator", "/actuator/prometheus"), "", null)
                .body();

        assertThat(metrics)
                .contains(
                        "lra_open{status=\"Active\"} 1.0",
                        "lra_open{status=\"Cancelling\"} 0.0",
                        "lra_failed 0.0",
                        "lra_participant_calls_seconds_count{outcome=\"done\"} 1",
                        "jvm_memory_used_bytes");
    }

    private static HttpResponse<String> send(String method, String uri, String authorization, String link)
            throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(uri)).method(method, HttpRequest.BodyPublishers.noBody());
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        if (link != null) {
            request.header("Link", link);
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
