package dev.caravan.saga.lra;

import dev.caravan.saga.participant.StepRejectedException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The participants of a trip: books what the data does not forbid, and writes down what happened. The trip {@code
 * overtaken} gives the cancellation of its flights a second to come before that of its hotels.
 */
public class Trips {

    private final List<String> journal = new CopyOnWriteArrayList<>();
    private final CountDownLatch silence = new CountDownLatch(1);
    private final CountDownLatch flightsCancelled = new CountDownLatch(1);

    public Map<String, Object> book(String what, Map<String, Object> trip) throws InterruptedException {
        if (what.equals(trip.get("full"))) {
            throw new StepRejectedException("FULL", "No " + what + " left");
        }
        if (what.equals(trip.get("broken"))) {
            throw new IllegalStateException(what + " is broken");
        }
        if (what.equals(trip.get("silent"))) {
            silence.await();
        }
        return note("book", what, trip);
    }

    public Map<String, Object> cancel(String what, Map<String, Object> trip) throws InterruptedException {
        if ("overtaken".equals(trip.get("tripId")) && !what.equals("flights")) {
            flightsCancelled.await(1, TimeUnit.SECONDS);
        }
        Map<String, Object> result = note("cancel", what, trip);
        if (what.equals("flights") && "overtaken".equals(trip.get("tripId"))) {
            flightsCancelled.countDown();
        }
        return result;
    }

    public Map<String, Object> confirm(String what, Map<String, Object> trip) {
        return note("confirm", what, trip);
    }

    private Map<String, Object> note(String verb, String what, Map<String, Object> trip) {
        journal.add(trip.get("tripId") + " " + verb + " " + what);
        return Map.of("tripId", trip.get("tripId"), "reference", what + "-" + trip.get("tripId"));
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
