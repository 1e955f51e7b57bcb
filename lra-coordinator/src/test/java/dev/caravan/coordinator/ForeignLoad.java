package dev.caravan.coordinator;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients that start LRAs, have two to four participants join, and close or cancel them, or leave them to their time
 * limit. Each knows all instances, and goes on to the next one when its own does not answer.
 */
final class ForeignLoad implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(100);

    enum End {
        CLOSE("complete", "Closed"),
        CANCEL("compensate", "Cancelled"),
        TIME_LIMIT("compensate", "Cancelled");

        final String action;
        final String status;

        End(String action, String status) {
            this.action = action;
            this.status = status;
        }

        private static End of(int number) {
            return number % 8 < 4 ? CLOSE : number % 8 < 7 ? CANCEL : TIME_LIMIT;
        }
    }

    /** One whose client was told that it ends. */
    record Ended(int number, String id, int participants, End end) {}

    private final List<Integer> ports;
    private final CallbackJournal journal;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger next = new AtomicInteger();
    private final CountDownLatch enough = new CountDownLatch(1);
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final Queue<Ended> ended = new ConcurrentLinkedQueue<>();
    private final List<Future<?>> clients = new ArrayList<>();

    ForeignLoad(List<Integer> ports, CallbackJournal journal, int clients) {
        this.ports = ports;
        this.journal = journal;
        for (int i = 0; i < clients; i++) {
            Client client = new Client(i);
            this.clients.add(threads.submit(client::work));
        }
    }

    /** How many were decided. Throws if a client has met an answer that it must not get. */
    int count() {
        clients.stream().filter(Future::isDone).forEach(ForeignLoad::check);
        return ended.size();
    }

    /** How often a client had to ask another instance. */
    int failures() {
        return failures.size();
    }

    /** Lets the clients end what they have begun. */
    List<Ended> finish() {
        enough.countDown();
        clients.forEach(ForeignLoad::check);
        return List.copyOf(ended);
    }

    private static void check(Future<?> client) {
        try {
            client.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new AssertionError("a client", e.getCause());
        }
    }

    @Override
    public void close() {
        enough.countDown();
        threads.shutdownNow();
    }

    private final class Client {

        private final HttpClient http =
                HttpClient.newBuilder().connectTimeout(PATIENCE).build();
        private int turn;
        private boolean isFirstTry;

        Client(int turn) {
            this.turn = turn;
        }

        private Void work() throws InterruptedException {
            while (enough.getCount() > 0) {
                int number = next.incrementAndGet();
                String id = expect(ask("POST", "/start?ClientID=" + number, null), 201)
                        .body();
                String path = "/" + id.substring(id.lastIndexOf('/') + 1);
                int participants = 2 + number % 3;
                for (int i = 1; i <= participants; i++) {
                    expect(ask("PUT", path, journal.link(number, i)), 200);
                }
                End end = End.of(number);
                HttpResponse<String> answer =
                        switch (end) {
                            case CLOSE -> ask("PUT", path + "/close", null);
                            case CANCEL -> ask("PUT", path + "/cancel", null);
                            case TIME_LIMIT -> ask("PUT", path + "/renew?TimeLimit=1", null);
                        };
                boolean mayBeOver = !isFirstTry && (answer.statusCode() == 404 || answer.statusCode() == 412);
                if (!mayBeOver) {
                    expect(answer, 200);
                }
                ended.add(new Ended(number, id, participants, end));
            }
            return null;
        }

        private HttpResponse<String> expect(HttpResponse<String> answer, int status) {
            if (answer.statusCode() != status) {
                throw new AssertionError(answer + " " + answer.body());
            }
            return answer;
        }

        /** Of the first instance that answers. */
        private HttpResponse<String> ask(String method, String path, String link) throws InterruptedException {
            isFirstTry = true;
            while (true) {
                URI uri = URI.create(
                        "http://127.0.0.1:%d/lra-coordinator%s".formatted(ports.get(turn % ports.size()), path));
                HttpRequest.Builder request =
                        HttpRequest.newBuilder(uri).timeout(PATIENCE).method(method, BodyPublishers.noBody());
                if (link != null) {
                    request.header("Link", link);
                }
                try {
                    HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
                    if (answer.statusCode() != 503) {
                        return answer;
                    }
                } catch (IOException e) {
                    failures.add(e.toString()); // it is dead or frozen
                }
                isFirstTry = false;
                turn++;
                enough.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
    }
}
