package dev.caravan.saga.spring;

import dev.caravan.saga.kafka.DeadLetterReplay;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * What an operator can do with dead letters: see how many wait, and have those of a topic sent again. Each request takes a
 * thread of the server and a Kafka consumer, so few are answered at a time; 503 for the others.
 */
@RestController
@RequestMapping("/api/dead-letters")
final class DeadLetterController {

    static final int MOST_AT_A_TIME = 2;

    private static final int SECONDS_TO_WAIT = 5;

    private final Supplier<Map<String, Long>> waiting;
    private final Function<String, Integer> replay;
    private final Semaphore places = new Semaphore(MOST_AT_A_TIME);

    DeadLetterController(DeadLetterReplay deadLetters) {
        this(deadLetters::waiting, deadLetters::replay);
    }

    DeadLetterController(Supplier<Map<String, Long>> waiting, Function<String, Integer> replay) {
        this.waiting = waiting;
        this.replay = replay;
    }

    /** How many were replayed. */
    record Replayed(int replayed) {}

    /** @return how many wait, by the topic that they came from */
    @GetMapping
    Map<String, Long> waiting() {
        return bounded(waiting);
    }

    /** @param topic that they came from */
    @PostMapping("/{topic}/replay")
    Replayed replay(@PathVariable String topic) {
        try {
            return bounded(() -> new Replayed(replay.apply(topic)));
        } catch (IllegalArgumentException e) {
            throw Problem.of(HttpStatus.NOT_FOUND, e.getMessage(), e);
        }
    }

    private <T> T bounded(Supplier<T> work) {
        if (!places.tryAcquire()) {
            throw Problem.later(
                    HttpStatus.SERVICE_UNAVAILABLE,
                    "Dead letters are being counted or sent for others: try again later",
                    SECONDS_TO_WAIT);
        }
        try {
            return work.get();
        } finally {
            places.release();
        }
    }
}
