package dev.caravan.saga.kafka;

import dev.caravan.saga.Printable;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks a topic up that is used for the first time: once for all who wait for it, and again while the broker does not
 * answer. It goes on for as long as Kafka's producer goes on to send what it has; who waits gives up when its own time is
 * up. Thread-safe.
 */
final class FirstUse {

    private static final Logger LOGGER = LoggerFactory.getLogger(FirstUse.class);
    private static final long PATIENCE = Duration.ofMinutes(2).toNanos();

    private final Consumer<String> lookUp;
    private final Executor executor;
    private final Executor later;
    private final LongSupplier nanos;
    private final Map<String, CompletableFuture<Void>> topics = new ConcurrentHashMap<>();

    /**
     * @param lookUp blocks; throws when the topic cannot be used
     * @param executor for that
     * @param later the same, after a pause
     */
    FirstUse(Consumer<String> lookUp, Executor executor, Executor later, LongSupplier nanos) {
        this.lookUp = lookUp;
        this.executor = executor;
        this.later = later;
        this.nanos = nanos;
    }

    /** @return completes when the topic can be used; fails when it must not be, or the broker has not answered for long */
    CompletableFuture<Void> of(String topic) {
        return topics.computeIfAbsent(topic, first -> {
            CompletableFuture<Void> known = new CompletableFuture<>();
            long begin = nanos.getAsLong();
            executor.execute(() -> attempt(topic, begin, known));
            return known;
        });
    }

    private void attempt(String topic, long begin, CompletableFuture<Void> known) {
        try {
            lookUp.accept(topic);
            known.complete(null);
        } catch (RuntimeException e) {
            boolean refused =
                    e.getCause() instanceof AuthenticationException || e.getCause() instanceof AuthorizationException;
            if (refused || nanos.getAsLong() - begin >= PATIENCE) {
                topics.remove(topic, known);
                known.completeExceptionally(e);
            } else {
                LOGGER.warn("Topic {} is used for the first time, and looked up again: {}", topic, Printable.of(e));
                later.execute(() -> attempt(topic, begin, known));
            }
        }
    }
}
