package dev.caravan.saga.lra;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A coordinator that speaks the protocol over HTTP and calls participants back directly: those of a cancelled LRA in
 * reverse order, one after another. One that answers 202 is asked for its status until it is done.
 */
public final class FakeLraCoordinator implements AutoCloseable {

    /** What it does wrong, as networks and other coordinators do. */
    enum Fault {
        /** Each callback is made twice, at the same time, and once more when it is done. */
        REPEATS,
        /** The participants of a cancelled LRA are called in the order of enlistment. */
        REORDERS,
        /** Close and cancel are answered before anybody is called. */
        DELAYS,
        /** The first answer to close or cancel is lost, but not the request. */
        DROPS_THE_END,
        /** The first answer to a join is lost, but not the request. */
        DROPS_A_JOIN,
        /** The answer to a start is lost, but not the request. */
        DROPS_THE_START,
        /** Nobody is told how the LRA ended. */
        FORGETS_TO_TELL
    }

    private static final Pattern TOKEN = Pattern.compile("<[^>]*/(compensate|complete|status|after)/([^>/]+)>");
    private static final long PATIENCE_MILLIS = 500;

    static {
        // headers and body are two packets: without this, the second one waits 40 ms for the first to be acknowledged
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final List<String> answers = new CopyOnWriteArrayList<>();
    private final Map<String, Lra> lras = new ConcurrentHashMap<>();
    private final Set<Fault> faults = Collections.synchronizedSet(EnumSet.noneOf(Fault.class));
    private final AtomicInteger count = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;
    private volatile Participant participant;
    private volatile boolean down;
    private volatile boolean deaf;
    private volatile CompletableFuture<Void> callbacks = CompletableFuture.completedFuture(null);

    private record Participant(LraCallbacks callbacks, CompletableFuture<Void> death) {

        /** Empty: it died over it. */
        Optional<LraCallbacks.Answer> ask(Function<LraCallbacks, CompletableFuture<LraCallbacks.Answer>> call) {
            CompletableFuture<LraCallbacks.Answer> answer = call.apply(callbacks);
            CompletableFuture.anyOf(answer, death).join();
            return death.isDone() ? Optional.empty() : Optional.of(answer.join());
        }
    }

    private static final class Lra {
        private final List<String> links = new CopyOnWriteArrayList<>();
        private final List<String> limits = new CopyOnWriteArrayList<>();
        private volatile String status = "Active";
        private CompletableFuture<Void> end;

        private String clientId() {
            return limits.stream()
                    .flatMap(query -> Stream.of(query.split("&")))
                    .filter(parameter -> parameter.startsWith("ClientID="))
                    .map(parameter -> parameter.substring("ClientID=".length()))
                    .findFirst()
                    .orElse("");
        }
    }

    public FakeLraCoordinator() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        server.setExecutor(threads);
        server.createContext("/lra-coordinator", this::handle);
        server.start();
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/lra-coordinator");
    }

    void callBack(LraCallbacks callbacks) {
        callBack(callbacks, new CompletableFuture<>());
    }

    /** @param death after which nothing is heard of them; the next are asked what they have not answered */
    public void callBack(LraCallbacks callbacks, CompletableFuture<Void> death) {
        participant = new Participant(callbacks, death);
    }

    void misbehave(Fault... added) {
        faults.addAll(List.of(added));
    }

    /** From now on it answers 503 to everything, or again as it should. */
    void setDown(boolean isDown) {
        down = isDown;
    }

    /** From now on it answers nothing, as if nobody were there, or again as it should. */
    void setDeaf(boolean isDeaf) {
        deaf = isDeaf;
    }

    /** From now on it reaches no participant, or again those that it could not reach. */
    void setCutOff(boolean isCutOff) {
        CompletableFuture<Void> before = callbacks;
        callbacks = isCutOff ? new CompletableFuture<>() : CompletableFuture.completedFuture(null);
        before.complete(null);
    }

    /** What it was asked, for instance {@code PUT /lra-1/close}. */
    List<String> calls() {
        return calls;
    }

    /** What participants answered to its callbacks. */
    List<String> answers() {
        return answers;
    }

    /** The {@code Link} headers with which steps joined. */
    List<String> links(String id) {
        return lras.get(id).links;
    }

    /** @param relation compensate, complete, status or after */
    String token(String id, int participantNumber, String relation) {
        return tokens(links(id).get(participantNumber), relation).stream()
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("No " + relation + " in " + links(id)));
    }

    private void handle(HttpExchange http) throws IOException {
        String path = http.getRequestURI().getPath().substring("/lra-coordinator".length());
        calls.add(http.getRequestMethod() + " " + path);
        try {
            if (deaf) {
                http.close();
            } else if (down) {
                answer(http, 503, "down");
            } else if (path.equals("/start")) {
                start(http);
            } else if (path.isEmpty()) {
                list(http);
            } else {
                known(http, path.split("/"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            answer(http, 503, "stopped");
        }
    }

    private void start(HttpExchange http) throws IOException {
        String id = "lra-" + count.incrementAndGet();
        Lra lra = new Lra();
        lra.limits.add(http.getRequestURI().getQuery());
        lras.put(id, lra);
        if (faults.remove(Fault.DROPS_THE_START)) {
            http.close();
            return;
        }
        http.getResponseHeaders().add("Location", url() + "/" + id);
        answer(http, 201, url() + "/" + id);
    }

    /** As Narayana has it. */
    private void list(HttpExchange http) throws IOException {
        String status = http.getRequestURI().getQuery().replace("Status=", "");
        boolean json = http.getRequestHeaders().get("Accept").equals(List.of("application/json"));
        String all = lras.entrySet().stream()
                .filter(lra -> lra.getValue().status.equals(status))
                .map(lra -> "{\"lraId\":\"%s/%s\",\"clientId\":\"%s\",\"status\":\"%s\",\"startTime\":0}"
                        .formatted(url(), lra.getKey(), lra.getValue().clientId(), status))
                .collect(Collectors.joining(",", "[", "]"));
        answer(http, json ? 200 : 406, all);
    }

    private void known(HttpExchange http, String[] path) throws IOException, InterruptedException {
        Lra lra = lras.get(path[1]);
        if (lra == null) {
            answer(http, 404, "unknown");
        } else if (path.length == 2 && !lra.status.equals("Active")) {
            answer(http, 412, "LRA %s is %s, too late to join".formatted(path[1], lra.status));
        } else if (path.length == 2) {
            lra.links.add(http.getRequestHeaders().getFirst("Link"));
            lra.limits.add(String.valueOf(http.getRequestURI().getQuery()));
            if (faults.remove(Fault.DROPS_A_JOIN)) {
                http.close();
                return;
            }
            answer(http, 200, url() + "/" + path[1]);
        } else if (path[2].equals("close") || path[2].equals("cancel")) {
            end(http, lra, path[2].equals("close"));
        } else {
            answer(http, 200, lra.status);
        }
    }

    private void end(HttpExchange http, Lra lra, boolean close) throws IOException, InterruptedException {
        try {
            CompletableFuture<Void> end = end(lra, close);
            if (faults.remove(Fault.DROPS_THE_END)) {
                http.close();
                return;
            }
            if (faults.contains(Fault.DELAYS)) {
                answer(http, 202, lra.status);
                return;
            }
            end.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            answer(http, 200, lra.status);
        } catch (TimeoutException e) {
            answer(http, 202, lra.status);
        } catch (ExecutionException e) {
            answer(http, 500, e.toString());
        }
    }

    private CompletableFuture<Void> end(Lra lra, boolean close) {
        synchronized (lra) {
            if (lra.end == null) {
                lra.status = close ? "Closing" : "Cancelling";
                lra.end = callbacks.thenRunAsync(() -> callBack(lra, close), threads);
            }
            return lra.end;
        }
    }

    /** Cancels an LRA on its own, as after its time limit. */
    void cancel(String id) {
        end(lras.get(id), false);
    }

    /** An LRA of somebody else, for steps to join. */
    String started() {
        String id = "lra-" + count.incrementAndGet();
        lras.put(id, new Lra());
        return url() + "/" + id;
    }

    /** It comes back as it was before it ended, as from a backup. */
    void forgetTheEnd(String id) {
        Lra lra = lras.get(id);
        lra.status = "Active";
        lra.end = null;
    }

    /** It has lost it, as without a disk. */
    void lose(String id) {
        lras.remove(id);
    }

    /** {@code Active}, {@code Closed} and so on. */
    public String status(String id) {
        return lras.get(id).status;
    }

    /** It has ended, and another instance was called back. */
    void hasEnded(String id, String status) {
        Lra lra = lras.get(id);
        lra.status = status;
        lra.end = CompletableFuture.completedFuture(null);
    }

    /** Somebody else closes it. */
    void close(String id) {
        end(lras.get(id), true);
    }

    /** The queries with which it was started, and then joined. */
    List<String> queries(String id) {
        return lras.get(id).limits;
    }

    private void callBack(Lra lra, boolean close) {
        List<String> order = new ArrayList<>(lra.links);
        if (!close && !faults.contains(Fault.REORDERS)) {
            Collections.reverse(order);
        }
        boolean failed = false;
        for (String link : order) {
            for (String token : tokens(link, close ? "complete" : "compensate")) {
                if (faults.contains(Fault.REPEATS)) {
                    CompletableFuture<Void> other = CompletableFuture.runAsync(() -> call(link, token, close), threads);
                    call(link, token, close);
                    other.join();
                }
                failed |= !call(link, token, close).endsWith("ed");
            }
        }
        lra.status = failed ? (close ? "FailedToClose" : "FailedToCancel") : (close ? "Closed" : "Cancelled");
        if (!faults.contains(Fault.FORGETS_TO_TELL)) {
            order.forEach(link -> tokens(link, "after").forEach(token -> after(token, lra.status)));
        }
    }

    private static List<String> tokens(String link, String relation) {
        return TOKEN.matcher(link)
                .results()
                .filter(found -> found.group(1).equals(relation))
                .map(found -> found.group(2))
                .toList();
    }

    private void after(String token, String status) {
        Awaitility.await()
                .pollInterval(20, TimeUnit.MILLISECONDS)
                .until(() -> ask(asked -> asked.after(token, status)).status() == 200);
    }

    /** @return the participant's last word: {@code Completed}, {@code Compensated}, {@code FailedToCompensate} */
    private String call(String link, String token, boolean close) {
        LraCallbacks.Answer answer = ask(asked -> close ? asked.complete(token) : asked.compensate(token));
        answers.add(answer.status() + " " + answer.body());
        if (isLastWord(answer)) {
            return answer.body();
        }
        String status = tokens(link, "status").get(0);
        String last = Awaitility.await()
                .pollInterval(20, TimeUnit.MILLISECONDS)
                .until(() -> ask(asked -> asked.status(status)), FakeLraCoordinator::isLastWord)
                .body();
        return last.equals("Active") ? call(link, token, close) : last;
    }

    /** Asks those who are there, one after another if they die. */
    private LraCallbacks.Answer ask(Function<LraCallbacks, CompletableFuture<LraCallbacks.Answer>> call) {
        Participant asked = participant;
        Optional<LraCallbacks.Answer> answer = asked.ask(call);
        if (answer.isPresent()) {
            return answer.get();
        }
        Awaitility.await().until(() -> participant != asked);
        return ask(call);
    }

    private static boolean isLastWord(LraCallbacks.Answer answer) {
        return answer.status() != 503 && !answer.body().endsWith("ing");
    }

    private static void answer(HttpExchange http, int status, String body) throws IOException {
        try (http) {
            byte[] bytes = body.getBytes(UTF_8);
            http.sendResponseHeaders(status, bytes.length);
            http.getResponseBody().write(bytes);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
