package dev.caravan.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * The REST interface of one application. What it refuses, and no answer, is a {@link Failure}. Nothing is asked again by
 * itself, and no other address is followed to: the password goes to nobody else.
 */
final class Rest {

    static final JsonMapper JSON = new JsonMapper();

    private static final Duration TO_CONNECT = Duration.ofSeconds(5);
    private static final Duration TO_ANSWER = Duration.ofSeconds(60);
    private static final Duration FOR_A_FILE = Duration.ofMinutes(10);

    private static final String SAGAS = "/api/sagas";

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(TO_CONNECT).build();
    private final String root;
    private final String login;

    /** What was answered. */
    record Answer(JsonNode body, HttpHeaders headers) {

        /** @return empty without such a header */
        String header(String name) {
            return headers.firstValue(name).orElse("");
        }
    }

    /** @param user {@code null}: nobody logs in */
    Rest(URI url, String user, String password) {
        this.root = url.toString().replaceFirst("/+$", "") + SAGAS;
        this.login = user == null
                ? null
                : "Basic "
                        + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private Rest(String root, String login) {
        this.root = root;
        this.login = login;
    }

    /** What the same application, asked as the same user, has of the LRAs of others. */
    Rest lras() {
        return new Rest(root.substring(0, root.length() - SAGAS.length()) + "/api/lras", login);
    }

    Answer get(String path) {
        return read(request(path).timeout(TO_ANSWER).GET());
    }

    Answer post(String path, JsonNode body) {
        return read(posted(path, body).timeout(TO_ANSWER));
    }

    /** As {@link #post(String, JsonNode)}, of what may take so many seconds more. */
    Answer post(String path, JsonNode body, int seconds) {
        return read(posted(path, body).header("Prefer", "wait=" + seconds).timeout(TO_ANSWER.plusSeconds(seconds)));
    }

    private HttpRequest.Builder posted(String path, JsonNode body) {
        return request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()));
    }

    /** @return the body, which is read as it comes */
    HttpResponse<InputStream> file(String path) {
        HttpResponse<InputStream> response =
                send(request(path).timeout(FOR_A_FILE), HttpResponse.BodyHandlers.ofInputStream());
        if (isDone(response.statusCode())) {
            return response;
        }
        try (InputStream body = response.body()) {
            throw refusal(response.statusCode(), new String(body.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw noAnswer(e);
        }
    }

    /** Lines of a stream, as they come. Completes when the application has begun to answer. */
    CompletableFuture<HttpResponse<Stream<String>>> stream(String path, String lastEventId) {
        HttpRequest.Builder request = request(path).header("Accept", "text/event-stream");
        if (lastEventId != null) {
            request.header("Last-Event-ID", lastEventId);
        }
        return client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofLines());
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(root + path));
        return login == null ? request : request.header("Authorization", login);
    }

    private Answer read(HttpRequest.Builder request) {
        HttpResponse<String> response = send(
                request.header("Accept", "application/json, application/problem+json"),
                HttpResponse.BodyHandlers.ofString());
        if (!isDone(response.statusCode())) {
            throw refusal(response.statusCode(), response.body());
        }
        return new Answer(json(response.body()), response.headers());
    }

    private <T> HttpResponse<T> send(HttpRequest.Builder request, HttpResponse.BodyHandler<T> to) {
        try {
            return client.send(request.build(), to);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Failure.NO_ANSWER, "Interrupted while waiting for " + root, e);
        } catch (IOException e) {
            throw noAnswer(e);
        }
    }

    Failure noAnswer(Throwable cause) {
        return new Failure(
                Failure.NO_ANSWER,
                "No answer of %s: %s".formatted(root, cause.getMessage() == null ? cause : cause.getMessage()),
                cause);
    }

    private static boolean isDone(int status) {
        return status >= 200 && status < 300;
    }

    /** @param body a problem (RFC 9457), if the application has said why */
    static Failure refusal(int status, String body) {
        String detail = json(body).path("detail").asText("");
        String says = detail.isEmpty() ? "The application answered " + status : detail;
        if (status == 401) {
            return new Failure(Failure.NOT_ALLOWED, "A login is needed, or is wrong: --user, --password. " + says);
        }
        if (status == 403) {
            return new Failure(Failure.NOT_ALLOWED, says);
        }
        // 503 says that nothing was done; any other trouble of a server does not
        return new Failure(status >= 500 && status != 503 ? Failure.NO_ANSWER : Failure.REFUSED, says);
    }

    /** @return a missing node for what is none */
    static JsonNode json(String text) {
        try {
            JsonNode read = text == null ? null : JSON.readTree(text);
            return read == null ? JSON.missingNode() : read;
        } catch (JsonProcessingException e) {
            return JSON.missingNode();
        }
    }
}
