package dev.caravan.embeddedkafka;

/** The broker cannot start, and its message says what to do about it. Nothing is left running or locked. */
public class EmbeddedKafkaException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    EmbeddedKafkaException(String message) {
        super(message);
    }

    EmbeddedKafkaException(String message, Throwable cause) {
        super(message, cause);
    }
}
