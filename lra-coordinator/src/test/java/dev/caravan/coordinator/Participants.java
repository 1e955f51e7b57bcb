package dev.caravan.coordinator;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Participants of all names behind one HTTP server. Each callback is recorded as {@code name/action} and answered with
 * 200, unless the test asked for something else.
 */
final class Participants implements AutoCloseable {

    /** What a participant says to a callback. */
    interface Answer {
        String say(HttpExchange callback) throws IOException, InterruptedException;
    }

    private static final String BODY = "body";

    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final LocalServer server = new LocalServer(this::handle);

    /** The Link header that enlists a participant with a callback for each of these actions. */
    String link(String name, String... actions) {
        return Stream.of(actions)
                .map(action -> "<http://127.0.0.1:%d/%s/%s>; rel=\"%s\"".formatted(server.port(), name, action, action))
                .collect(Collectors.joining(","));
    }

    /** From now on this callback is answered so: a status code, and a body after a space if there is one. */
    void answer(String call, Answer answer) {
        answers.put(call, answer);
    }

    /** The next call of this callback, and only that, is never answered. Opens when it has come in. */
    CountDownLatch hang(String call) {
        CountDownLatch arrived = new CountDownLatch(1);
        answer(call, callback -> {
            answers.remove(call);
            arrived.countDown();
            new CountDownLatch(1).await();
            return "200";
        });
        return arrived;
    }

    /** What the coordinator said. */
    String body(HttpExchange callback) {
        return new String((byte[]) callback.getAttribute(BODY), StandardCharsets.UTF_8);
    }

    List<String> calls() {
        return List.copyOf(calls);
    }

    /** The callbacks to participants whose name begins so. */
    List<String> calls(String prefix) {
        return calls.stream().filter(call -> call.startsWith(prefix)).toList();
    }

    @Override
    public void close() {
        server.close();
    }

    private void handle(HttpExchange callback) throws IOException {
        String call = callback.getRequestURI().getPath().substring(1);
        calls.add(call);
        callback.setAttribute(BODY, callback.getRequestBody().readAllBytes());
        String[] answer = {"200"};
        try {
            answer = answers.getOrDefault(call, any -> "200").say(callback).split(" ", 2);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        byte[] body = answer.length == 1 ? new byte[0] : answer[1].getBytes(StandardCharsets.UTF_8);
        callback.sendResponseHeaders(Integer.parseInt(answer[0]), body.length == 0 ? -1 : body.length);
        callback.getResponseBody().write(body);
        callback.close();
    }
}
