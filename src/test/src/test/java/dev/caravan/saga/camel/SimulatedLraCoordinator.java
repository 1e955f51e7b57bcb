package dev.caravan.saga.camel;

import dev.caravan.saga.lra.CoordinatorTransport;
import dev.caravan.saga.lra.LraCallbacks;
import dev.caravan.saga.lra.LraSagaService;
import dev.caravan.saga.lra.LraSettings;
import dev.caravan.saga.test.Instance;
import dev.caravan.saga.test.World;
import dev.caravan.saga.time.Backoff;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.net.ssl.SSLSession;

/**
 * A coordinator in a {@link World} that speaks the protocol: it calls the participants of an LRA back one after another,
 * those of a cancelled one in reverse order, and asks again for as long as one is dead or not done.
 */
final class SimulatedLraCoordinator {

    private static final String URL = "http://coordinator.example/lra-coordinator";
    private static final Duration RETRY = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofMillis(500);
    private static final Pattern TIME_LIMIT = Pattern.compile("TimeLimit=([0-9]+)");

    private final World world;
    private final Map<String, Lra> lras = new HashMap<>();
    private Supplier<Optional<Cluster.Member>> participant = Optional::empty;
    private int waiting;
    private boolean away;

    SimulatedLraCoordinator(World world) {
        this.world = world;
    }

    private static final class Lra {
        private final List<String> links = new ArrayList<>();
        private final List<Runnable> waiting = new ArrayList<>();
        private String status = "Active";
        private boolean over;
    }

    /** Who is called back, if anybody is alive. */
    void callBack(Supplier<Optional<Cluster.Member>> who) {
        participant = who;
    }

    private void later(Duration delay, Runnable work) {
        waiting++;
        world.later(delay, () -> {
            waiting--;
            work.run();
        });
    }

    /** How many of its own timers have not come to their time. */
    int waiting() {
        return waiting;
    }

    /** What an instance speaks with it by. */
    LraSettings settings(Instance instance) {
        return new LraSettings(
                () -> URI.create(URL),
                transport(instance),
                null,
                () -> URI.create("http://orders.example/lra-participant"),
                "orders",
                Cluster.PATIENCE,
                Duration.ofSeconds(1),
                "a secret of these tests".getBytes(StandardCharsets.UTF_8),
                new Backoff(RETRY, RETRY, 0));
    }

    private CoordinatorTransport transport(Instance instance) {
        World.Lane requests = world.lane();
        return request -> {
            Coming answer = new Coming();
            if (instance.isAlive()) {
                requests.add(() -> handle(
                        request,
                        (status, body) -> instance.execute(() -> answer.complete(new Answer(request, status, body)))));
            }
            return answer;
        };
    }

    /** Time-outs of requests are in real time: a dead instance must not come to life by them. */
    private static final class Coming extends CompletableFuture<HttpResponse<String>> {
        @Override
        public CompletableFuture<HttpResponse<String>> orTimeout(long timeout, TimeUnit unit) {
            return this;
        }
    }

    private interface Reply {
        void is(int status, String body);
    }

    /** It answers nothing but 503, or does again. */
    void isAway(boolean whether) {
        away = whether;
    }

    /** What became of the LRAs that were started, in this order. */
    List<String> ends() {
        return IntStream.rangeClosed(1, lras.size())
                .mapToObj(number -> lras.get("lra-" + number).status)
                .toList();
    }

    private void handle(HttpRequest request, Reply reply) {
        if (away) {
            reply.is(503, "away");
            return;
        }
        String[] path =
                request.uri().getPath().substring("/lra-coordinator/".length()).split("/");
        if (path[0].equals("start")) {
            String id = "lra-" + (lras.size() + 1);
            lras.put(id, new Lra());
            limit(id, request);
            reply.is(201, URL + "/" + id);
            return;
        }
        Lra lra = lras.get(path[0]);
        String what = path.length == 1 ? "join" : path[1];
        if (lra == null) {
            reply.is(404, "unknown");
        } else if (what.equals("status")) {
            reply.is(200, lra.status);
        } else if (what.equals("close") || what.equals("cancel")) {
            end(lra, what.equals("close"), reply);
        } else if (!lra.status.equals("Active")) {
            reply.is(412, "LRA %s is %s, too late".formatted(path[0], lra.status));
        } else {
            request.headers().firstValue("Link").ifPresent(lra.links::add);
            limit(path[0], request);
            reply.is(200, URL + "/" + path[0]);
        }
    }

    private void limit(String id, HttpRequest request) {
        Matcher limit = TIME_LIMIT.matcher(String.valueOf(request.uri().getQuery()));
        if (limit.find()) {
            later(Duration.ofMillis(Long.parseLong(limit.group(1))), () -> end(lras.get(id), false, (s, b) -> {}));
        }
    }

    /** Answered when all have been called back, or, as Narayana has it, when that takes long. */
    private void end(Lra lra, boolean close, Reply reply) {
        boolean[] answered = new boolean[1];
        Runnable answer = () -> {
            if (!answered[0]) {
                answered[0] = true;
                reply.is(lra.over ? 200 : 202, lra.status);
            }
        };
        lra.waiting.add(answer);
        if (lra.status.equals("Active")) {
            lra.status = close ? "Closing" : "Cancelling";
            List<String> order = new ArrayList<>(lra.links);
            if (!close) {
                Collections.reverse(order);
            }
            callBack(lra, close, order, 0, false);
        }
        if (lra.over) {
            answer.run();
        } else {
            later(PATIENCE, answer);
        }
    }

    private void callBack(Lra lra, boolean close, List<String> order, int next, boolean failed) {
        if (next == order.size()) {
            String end = close ? "Close" : "Cancel";
            lra.status = failed ? "FailedTo" + end : close ? "Closed" : "Cancelled";
            lra.over = true;
            lra.waiting.forEach(Runnable::run);
            order.forEach(link -> token(link, "after")
                    .ifPresent(token -> ask(
                            callbacks -> callbacks.after(token, lra.status),
                            SimulatedLraCoordinator::isTaken,
                            answer -> {})));
            return;
        }
        Optional<String> token = token(order.get(next), close ? "complete" : "compensate");
        if (token.isEmpty()) {
            callBack(lra, close, order, next + 1, failed);
            return;
        }
        ask(
                callbacks -> close ? callbacks.complete(token.get()) : callbacks.compensate(token.get()),
                SimulatedLraCoordinator::isLastWord,
                answer -> callBack(
                        lra, close, order, next + 1, failed || answer.body().startsWith("FailedTo")));
    }

    private static boolean isLastWord(LraCallbacks.Answer answer) {
        return answer.body().startsWith("FailedTo")
                || answer.status() == 200 && answer.body().endsWith("ed");
    }

    private static boolean isTaken(LraCallbacks.Answer answer) {
        return answer.status() == 200;
    }

    private static Optional<String> token(String link, String relation) {
        Matcher token = Pattern.compile("<[^>]*/" + relation + "/([^/>]+)>").matcher(link);
        return token.find() ? Optional.of(token.group(1)) : Optional.empty();
    }

    /** Asks whoever is alive, again and again until the answer will do. */
    private void ask(
            Function<LraCallbacks, CompletableFuture<LraCallbacks.Answer>> call,
            Function<LraCallbacks.Answer, Boolean> willDo,
            Consumer<LraCallbacks.Answer> then) {
        boolean[] over = new boolean[1];
        World.Lane answers = world.lane();
        participant
                .get()
                .ifPresent(member ->
                        world.as(member.instance, () -> call.apply(((LraSagaService) member.sagas).callbacks())
                                .whenComplete((answer, failure) -> answers.add(() -> {
                                    if (!over[0] && failure == null && willDo.apply(answer)) {
                                        over[0] = true;
                                        then.accept(answer);
                                    }
                                }))));
        later(RETRY, () -> {
            if (!over[0]) {
                over[0] = true;
                ask(call, willDo, then);
            }
        });
    }

    private record Answer(HttpRequest request, int statusCode, String body) implements HttpResponse<String> {

        @Override
        public Optional<HttpResponse<String>> previousResponse() {
            return Optional.empty();
        }

        @Override
        public HttpHeaders headers() {
            return HttpHeaders.of(
                    statusCode == 201 ? Map.of("Location", List.of(body)) : Map.of(), (name, value) -> true);
        }

        @Override
        public Optional<SSLSession> sslSession() {
            return Optional.empty();
        }

        @Override
        public URI uri() {
            return request.uri();
        }

        @Override
        public HttpClient.Version version() {
            return HttpClient.Version.HTTP_1_1;
        }
    }
}
