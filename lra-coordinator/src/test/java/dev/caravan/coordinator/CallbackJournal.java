package dev.caravan.coordinator;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The participants of many LRAs, behind one HTTP server, with what each of them was called for and what it said, in order.
 * One in four LRAs has a participant that is not done when it is called first.
 */
final class CallbackJournal implements AutoCloseable {

    private static final int OK = 200;
    private static final int NOT_YET = 503;

    /**
     * A call of a participant.
     *
     * @param body what the coordinator said
     */
    record Line(int participant, String action, String body, int answer) {

        boolean isDone() {
            return answer == OK;
        }
    }

    private final Map<Integer, List<Line>> lines = new ConcurrentHashMap<>();
    private final LocalServer server = new LocalServer(this::handle);

    /** The Link header of a participant; the first one of an LRA wants to know how it ended. */
    String link(int lra, int participant) {
        String url = "http://127.0.0.1:%d/%d/%d/".formatted(server.port(), lra, participant);
        List<String> actions =
                participant == 1 ? List.of("compensate", "complete", "after") : List.of("compensate", "complete");
        return String.join(
                ",",
                actions.stream()
                        .map(action -> "<%s%s>; rel=\"%s\"".formatted(url, action, action))
                        .toList());
    }

    List<Line> of(int lra) {
        List<Line> all = lines.getOrDefault(lra, List.of());
        synchronized (all) {
            return List.copyOf(all);
        }
    }

    private void handle(HttpExchange callback) throws IOException {
        String[] path = callback.getRequestURI().getPath().split("/");
        String body = new String(callback.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        int answer = answer(Integer.parseInt(path[1]), Integer.parseInt(path[2]), path[3], body);
        callback.sendResponseHeaders(answer, -1);
        callback.close();
    }

    private int answer(int lra, int participant, String action, String body) {
        List<Line> all = lines.computeIfAbsent(lra, first -> new ArrayList<>());
        synchronized (all) {
            boolean isFirst = all.stream().noneMatch(line -> line.participant() == participant);
            int answer = isFirst && participant == 2 && lra % 4 == 1 ? NOT_YET : OK;
            all.add(new Line(participant, action, body, answer));
            return answer;
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
