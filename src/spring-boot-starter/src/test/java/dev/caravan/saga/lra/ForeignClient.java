package dev.caravan.saga.lra;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Somebody who knows nothing of Caravan and starts LRAs at its coordinator, with one participant of its own; and an
 * operator who looks at them over Caravan's REST interface.
 */
final class ForeignClient implements AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String VIEWER = basic("vic:seeing");
    private static final String OPERATOR = basic("olga:mending");

    private final String name;
    private final String application;
    private final String secret;
    private final HttpServer participant;
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private volatile String answer = "200 ";

    /** @param name under which it starts LRAs; no other test's */
    ForeignClient(String name, int port, String secret) {
        this.name = name;
        this.application = "http://127.0.0.1:" + port;
        this.secret = secret;
        try {
            participant = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        participant.createContext("/", this::called);
        participant.start();
    }

    private static String basic(String login) {
        return "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
    }

    private void called(HttpExchange callback) throws IOException {
        calls.add(callback.getRequestURI().getPath().substring(1));
        byte[] body = answer.substring(4).getBytes(StandardCharsets.UTF_8);
        callback.sendResponseHeaders(Integer.parseInt(answer.substring(0, 3)), body.length == 0 ? -1 : body.length);
        callback.getResponseBody().write(body);
        callback.close();
    }

    /** What the participant says from now on: a status of HTTP, a space, and a body. */
    void participantSays(String statusAndBody) {
        answer = statusAndBody;
    }

    /** What the participant was called for. */
    List<String> calls() {
        return calls;
    }

    /** @return the LRA's URL */
    String start(String more) {
        return atCoordinator("POST", "/start?ClientID=" + name + more, null).body();
    }

    String startWithin(String parent) {
        return start("&ParentLRA=" + URLEncoder.encode(parent, StandardCharsets.UTF_8));
    }

    void join(String lra) {
        String at = "http://127.0.0.1:" + participant.getAddress().getPort() + "/";
        atCoordinator(
                "PUT",
                "/" + idOf(lra),
                "<%scompensate>; rel=\"compensate\",<%scomplete>; rel=\"complete\"".formatted(at, at));
    }

    void cancel(String lra) {
        atCoordinator("PUT", "/" + idOf(lra) + "/cancel", null);
    }

    static String idOf(String lra) {
        String path = URI.create(lra).getPath();
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private HttpResponse<String> atCoordinator(String method, String path, String link) {
        HttpRequest.Builder request =
                request(method, "/lra-coordinator" + path, "").setHeader("Authorization", "Bearer " + secret);
        HttpResponse<String> response = send(link == null ? request : request.header("Link", link));
        if (response.statusCode() / 100 != 2) {
            throw new AssertionError(method + " " + path + ": " + response + " " + response.body());
        }
        return response;
    }

    HttpResponse<String> get(String path) {
        return send(request("GET", path, ""));
    }

    JsonNode json(String path) {
        return json(get(path));
    }

    /** The ids of its own LRAs that are shown there. */
    List<String> own(String path) {
        List<String> own = new ArrayList<>();
        for (JsonNode lra : json(path)) {
            if (lra.path("clientId").asText().equals(name)) {
                own.add(lra.path("id").asText());
            }
        }
        return own;
    }

    static JsonNode json(HttpResponse<String> response) {
        try {
            return JSON.readTree(response.body());
        } catch (JsonProcessingException e) {
            throw new AssertionError(response + " " + response.body(), e);
        }
    }

    /** What an operator does. */
    HttpResponse<String> act(String lra, String act) {
        return send(acting(lra, act).setHeader("Authorization", OPERATOR));
    }

    HttpResponse<String> asViewer(String lra, String act) {
        return send(acting(lra, act));
    }

    private HttpRequest.Builder acting(String lra, String act) {
        return request("POST", "/api/lras/" + idOf(lra) + "/" + act, "{\"reason\": \"test\"}")
                .header("Content-Type", "application/json");
    }

    private HttpRequest.Builder request(String method, String path, String body) {
        return HttpRequest.newBuilder(URI.create(application + path))
                .header("Authorization", VIEWER)
                .method(method, HttpRequest.BodyPublishers.ofString(body));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        participant.stop(0);
    }
}
