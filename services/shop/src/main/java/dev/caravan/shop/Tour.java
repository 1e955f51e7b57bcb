package dev.caravan.shop;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.MediaType;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/** Places a good order, and one for each way an order can fail, when the shop is ready; then says where to look. */
final class Tour {

    private static final String WAIT = "wait=60";

    private final IntSupplier port;
    private final PrintStream out;

    Tour(IntSupplier port, PrintStream out) {
        this.port = port;
        this.out = out;
    }

    private record Ended(TourStop stop, String orderId, String sagaId, String status) {}

    @EventListener(ApplicationReadyEvent.class)
    void start() {
        Thread thread = new Thread(this::run, "tour");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        String base = "http://localhost:" + port.getAsInt();
        RestClient shop = RestClient.create(base);
        List<Ended> ended = new ArrayList<>();
        List<TourStop> stops = TourStop.all();
        try {
            for (TourStop stop : stops) {
                out.printf("%nOrder %d of %d: %s%n", ended.size() + 1, stops.size(), stop.title());
                ended.add(place(shop, stop));
            }
        } catch (RestClientException e) {
            out.println("The tour ends here: " + e.getMessage());
        }
        summary(ended);
        out.printf("%nThe shop is open. Look at:%n");
        out.printf("  %s/actuator/hawtio          the console: sagas, and Camel's routes%n", base);
        out.printf("  %s/api/sagas                the sagas, and /api/sagas/{sagaId} for one timeline%n", base);
        out.printf("  %s/api/orders/{orderId}     an order%n", base);
        out.printf("  %s/v3/api-docs              the API (OpenAPI)%n", base);
        out.printf("  %s/actuator/health          health%n", base);
        out.printf(
                "Stop it with Ctrl-C. What happened is in the data directory and is there again at the next start.%n");
    }

    private static Ended place(RestClient shop, TourStop stop) {
        JsonNode answer = shop.post()
                .uri("/api/orders?style={style}", stop.style())
                .header("Prefer", WAIT)
                .contentType(MediaType.APPLICATION_JSON)
                .body(stop.request())
                .retrieve()
                .body(JsonNode.class);
        return new Ended(
                stop,
                answer.path("orderId").asText(),
                answer.path("sagaId").asText(),
                answer.path("status").asText("still running"));
    }

    private void summary(List<Ended> ended) {
        out.printf("%nSummary%n");
        for (Ended end : ended) {
            String surprise = end.status().equals(end.stop().expected())
                    ? ""
                    : "  expected " + end.stop().expected();
            out.printf(
                    "  %-36s %-12s order %s saga %s%s%n",
                    end.stop().title(), end.status(), end.orderId(), end.sagaId(), surprise);
        }
    }
}
