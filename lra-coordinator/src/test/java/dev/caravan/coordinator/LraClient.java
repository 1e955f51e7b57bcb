package dev.caravan.coordinator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Speaks to a coordinator as a client of MicroProfile LRA does. */
final class LraClient {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String coordinator;
    private final Function<HttpRequest, CompletableFuture<HttpResponse<String>>> transport;

    LraClient(int port) {
        this(port, request -> HTTP.sendAsync(request, BodyHandlers.ofString()));
    }

    LraClient(int port, Function<HttpRequest, CompletableFuture<HttpResponse<String>>> transport) {
        coordinator = "http://127.0.0.1:" + port + "/lra-coordinator";
        this.transport = transport;
    }

    String start() {
        return start(Duration.ZERO);
    }

    String start(Duration limit) {
        HttpResponse<String> answer = send("POST", coordinator + "/start?TimeLimit=" + limit.toMillis(), null);
        if (answer.statusCode() != 201) {
            throw new AssertionError("start: " + answer + " " + answer.body());
        }
        return answer.body();
    }

    HttpResponse<String> join(String lra, String link) {
        return send("PUT", lra, link);
    }

    HttpResponse<String> close(String lra) {
        return send("PUT", at(lra, "/close"), null);
    }

    HttpResponse<String> cancel(String lra) {
        return send("PUT", at(lra, "/cancel"), null);
    }

    /** With headers that not every client sends. */
    HttpResponse<String> close(String lra, Map<String, String> headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(at(lra, "/close"))).PUT(BodyPublishers.noBody());
        headers.forEach(request::header);
        return transport.apply(request.build()).join();
    }

    String startNested(String parent) {
        String query = "ParentLRA=" + URLEncoder.encode(parent, StandardCharsets.UTF_8);
        return send("POST", coordinator + "/start?" + query, null).body();
    }

    /** The id of a nested LRA has a query, and the operation belongs before it. */
    private static String at(String lra, String operation) {
        int query = lra.indexOf('?');
        return query < 0 ? lra + operation : lra.substring(0, query) + operation + lra.substring(query);
    }

    HttpResponse<String> renew(String lra, Duration limit) {
        return send("PUT", lra + "/renew?TimeLimit=" + limit.toMillis(), null);
    }

    HttpResponse<String> status(String lra) {
        return send("GET", lra + "/status", null);
    }

    HttpResponse<String> deleteFailed(String lra) {
        return send("DELETE", coordinator + "/recovery/" + lra.substring(lra.lastIndexOf('/') + 1), null);
    }

    /** The status of each LRA that the coordinator lists. */
    Map<String, String> list() {
        return statusById(coordinator);
    }

    /** Has the coordinator make a recovery pass, and tells what it has not ended. */
    Map<String, String> recovering() {
        return statusById(coordinator + "/recovery");
    }

    Map<String, String> failed() {
        return statusById(coordinator + "/recovery/failed");
    }

    private Map<String, String> statusById(String uri) {
        try {
            Map<String, String> list = new TreeMap<>();
            for (JsonNode lra : JSON.readTree(send("GET", uri, null).body())) {
                list.put(lra.get("lraId").asText(), lra.get("status").asText());
            }
            return list;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HttpResponse<String> send(String method, String uri, String link) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(uri))
                .timeout(Duration.ofSeconds(30))
                .method(method, BodyPublishers.noBody());
        if (link != null) {
            request.header("Link", link);
        }
        return transport.apply(request.build()).join();
    }
}
