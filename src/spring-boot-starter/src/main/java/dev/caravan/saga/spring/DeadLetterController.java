package dev.caravan.saga.spring;

import dev.caravan.saga.kafka.DeadLetterReplay;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What an operator can do with dead letters: see how many wait, and have those of a topic sent again. */
@RestController
@RequestMapping("/api/dead-letters")
final class DeadLetterController {

    private final DeadLetterReplay deadLetters;

    DeadLetterController(DeadLetterReplay deadLetters) {
        this.deadLetters = deadLetters;
    }

    /** How many were replayed. */
    record Replayed(int replayed) {}

    /** @return how many wait, by the topic that they came from */
    @GetMapping
    Map<String, Long> waiting() {
        return deadLetters.waiting();
    }

    /** @param topic that they came from */
    @PostMapping("/{topic}/replay")
    Replayed replay(@PathVariable String topic) {
        try {
            return new Replayed(deadLetters.replay(topic));
        } catch (IllegalArgumentException e) {
            ErrorResponseException problem = new ErrorResponseException(HttpStatus.NOT_FOUND, e);
            problem.setDetail(e.getMessage());
            throw problem;
        }
    }
}
