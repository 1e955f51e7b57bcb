package dev.caravan.saga.lra;

import dev.caravan.saga.participant.StepRejectedException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Headers;

/**
 * The participants of a trip: books what the data does not forbid, and writes down what happened. The trip {@code
 * overtaken} gives the cancellation of its flights a second to come before that of its hotels.
 */
public class Trips {

    private final List<String> journal = new CopyOnWriteArrayList<>();
    private final Map<String, Map<String, Object>> headers = new ConcurrentHashMap<>();
    private final CountDownLatch silence = new CountDownLatch(1);
    private final CountDownLatch held = new CountDownLatch(1);
    private final Map<String, CountDownLatch> flightsCancelled = new ConcurrentHashMap<>();

    public Map<String, Object> book(String what, Map<String, Object> trip, @Headers Map<String, Object> received)
            throws InterruptedException {
        headers.put((String) trip.get("tripId"), new HashMap<>(received));
        if (what.equals(trip.get("full"))) {
            throw new StepRejectedException("FULL", "No " + what + " left");
        }
        if (what.equals(trip.get("broken"))) {
            throw new IllegalStateException(what + " is broken");
        }
        if (what.equals(trip.get("held"))) {
            held.await();
        }
        if (what.equals(trip.get("silent"))) {
            silence.await();
        }
        return note("book", what, trip);
    }

    public Map<String, Object> cancel(String what, Map<String, Object> trip) throws InterruptedException {
        if (overtaken(trip) && !what.equals("flights")) {
            flightsCancelled(trip).await(1, TimeUnit.SECONDS);
        }
        Map<String, Object> result = note("cancel", what, trip);
        if (what.equals("flights") && overtaken(trip)) {
            flightsCancelled(trip).countDown();
        }
        return result;
    }

    public Map<String, Object> confirm(String what, Map<String, Object> trip) {
        return note("confirm", what, trip);
    }

    private CountDownLatch flightsCancelled(Map<String, Object> trip) {
        return flightsCancelled.computeIfAbsent((String) trip.get("tripId"), id -> new CountDownLatch(1));
    }

    private static boolean overtaken(Map<String, Object> trip) {
        return String.valueOf(trip.get("tripId")).startsWith("overtaken");
    }

    private Map<String, Object> note(String verb, String what, Map<String, Object> trip) {
        journal.add(trip.get("tripId") + " " + verb + " " + what);
        return Map.of("tripId", trip.get("tripId"), "reference", what + "-" + trip.get("tripId"));
    }

    /** With which a trip was booked last. */
    Map<String, Object> headers(String tripId) {
        return headers.get(tripId);
    }

    /** What is held goes on. */
    void release() {
        held.countDown();
    }

    void speak() {
        silence.countDown();
    }

    List<String> of(String tripId) {
        return journal.stream()
                .filter(line -> line.startsWith(tripId + " "))
                .map(line -> line.substring(tripId.length() + 1))
                .toList();
    }
}
