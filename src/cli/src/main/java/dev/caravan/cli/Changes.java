package dev.caravan.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What changes in the list, as the application tells it. When the stream ends, or nothing is heard for ten seconds (there is
 * a beat every two), that is said, and it is opened again where it was.
 */
final class Changes {

    /** Who follows sagas. Each says whether to go on. */
    interface Follower {

        boolean changed(JsonNode saga);

        /** Something was left out, or may have been: what is known has to be looked at again. */
        boolean missed();
    }

    private static final long SILENCE_SECONDS = 10;
    private static final long PAUSE_MILLIS = 1000;

    private final Rest rest;
    private final Consumer<String> says;
    private final Follower follower;
    private String lastId;
    private boolean wasThere;

    /** @param says takes what is said of the connection */
    Changes(Rest rest, Consumer<String> says, Follower follower) {
        this.rest = rest;
        this.says = says;
        this.follower = follower;
    }

    /** Returns when the follower does not go on. */
    void follow() throws InterruptedException {
        while (once()) {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
    }

    private boolean once() throws InterruptedException {
        HttpResponse<Stream<String>> response;
        try {
            response = rest.stream("/events", lastId).join();
        } catch (CompletionException e) {
            Failure failure = rest.noAnswer(e.getCause());
            if (!wasThere) {
                throw failure;
            }
            says.accept(failure.getMessage() + "; it is asked again");
            return true;
        }
        try (Stream<String> lines = response.body()) {
            if (response.statusCode() != 200) {
                throw Rest.refusal(response.statusCode(), lines.collect(Collectors.joining("\n")));
            }
            wasThere = true;
            return (lastId != null || follower.missed()) && read(lines);
        }
    }

    private boolean read(Stream<String> lines) throws InterruptedException {
        BlockingQueue<Optional<String>> heard = new LinkedBlockingQueue<>();
        Thread reader = new Thread(() -> hear(lines, heard), "caravan-stream");
        reader.setDaemon(true);
        reader.start();
        String type = "";
        while (true) {
            Optional<String> line = heard.poll(SILENCE_SECONDS, TimeUnit.SECONDS);
            if (line == null || line.isEmpty()) {
                says.accept(line == null ? "Nothing is heard of the application" : "The stream of changes has ended");
                return true;
            }
            String text = line.get();
            if (text.startsWith("id:")) {
                lastId = text.substring(3).strip();
            } else if (text.startsWith("event:")) {
                type = text.substring(6).strip();
            } else if (text.startsWith("data:") && !tell(type, text.substring(5))) {
                return false;
            }
        }
    }

    private static void hear(Stream<String> lines, BlockingQueue<Optional<String>> heard) {
        try {
            lines.map(Optional::of).forEach(heard::add);
        } catch (UncheckedIOException theConnectionIsGone) {
            // as its end is
        } finally {
            heard.add(Optional.empty());
        }
    }

    private boolean tell(String type, String data) {
        return switch (type) {
            case "saga" -> follower.changed(Rest.json(data));
            case "reload" -> follower.missed();
            default -> true;
        };
    }
}
