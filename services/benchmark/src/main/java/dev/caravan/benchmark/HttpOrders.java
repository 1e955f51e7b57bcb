package dev.caravan.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/** Orders that are placed in a shop which runs: {@code POST}, and the answer is waited for until the saga has ended. */
final class HttpOrders {

    static final String HEADINGS = "| in flight | rejected | sagas/s | p50 ms | p99 ms | CPU ms/saga of the shop |";

    static final String CPU = "process_cpu_time_ns_total ";

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ObjectMapper json = new ObjectMapper();
    private final URI orders;

    HttpOrders(URI orders) {
        this.orders = orders;
    }

    /** The shop gives the order its id. */
    CompletableFuture<Boolean> place(String id, boolean rejected) {
        HttpRequest request = HttpRequest.newBuilder(orders)
                .header("Content-Type", "application/json")
                .header("Prefer", "wait=60")
                .POST(HttpRequest.BodyPublishers.ofString("""
                        {"userId": "ann", "items": [{"productId": "COFFEE", "quantity": 1}],
                         "card": "4242424242424242", "country": "%s"}""".formatted(Order.country(rejected))))
                .build();
        return client.sendAsync(request, HttpResponse.BodyHandlers.ofString()).thenApply(this::isCompleted);
    }

    private boolean isCompleted(HttpResponse<String> answer) {
        String status = read(answer).path("status").asText();
        if (!status.equals("COMPLETED") && !status.equals("COMPENSATED")) {
            throw new IllegalStateException("%d %s".formatted(answer.statusCode(), answer.body()));
        }
        return status.equals("COMPLETED");
    }

    private JsonNode read(HttpResponse<String> answer) {
        try {
            return json.readTree(answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As the shop itself says at {@code /actuator/prometheus}. */
    Duration serverCpu() throws IOException, InterruptedException {
        URI metrics = orders.resolve("/actuator/prometheus");
        String answer = client.send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString())
                .body();
        return answer.lines()
                .filter(line -> line.startsWith(CPU))
                .findFirst()
                .map(line -> Duration.ofNanos((long) Double.parseDouble(line.substring(CPU.length()))))
                .orElseThrow(() -> new IllegalStateException("%s does not have %s".formatted(metrics, CPU)));
    }

    static String line(Load load, ClosedLoop.Outcome outcome, Duration cpu) {
        return String.format(
                Locale.ROOT,
                "| %d | %d %% | %,.0f | %.1f | %.1f | %.3f |",
                load.inFlight(),
                load.rejectedPercent(),
                outcome.sagas() * 1e9 / outcome.nanos(),
                outcome.percentileMillis(50),
                outcome.percentileMillis(99),
                cpu.toNanos() / 1e6 / outcome.sagas());
    }
}
