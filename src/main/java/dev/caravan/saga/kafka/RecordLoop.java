package dev.caravan.saga.kafka;

import java.time.Duration;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that polls one consumer and hands on what it gets. The handler is called after every poll, also with nothing,
 * on the loop's thread, so that it may use the consumer. A broker that is away is waited for; an error of the handler
 * is logged and does not stop the loop, so a handler that can fail deals with its records itself.
 */
public final class RecordLoop implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(RecordLoop.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final long CLOSE_MILLIS = 10_000;

    private final KafkaConsumer<String, byte[]> consumer;
    private final Consumer<ConsumerRecords<String, byte[]>> handler;
    private final Runnable beforeClose;
    private final Thread thread;
    private volatile boolean closed;

    /** @param beforeClose runs last on the loop's thread, while the consumer is still open */
    public RecordLoop(
            String name,
            KafkaConsumer<String, byte[]> consumer,
            Consumer<ConsumerRecords<String, byte[]>> handler,
            Runnable beforeClose) {
        this.consumer = consumer;
        this.handler = handler;
        this.beforeClose = beforeClose;
        this.thread = new Thread(this::run, name);
        this.thread.setDaemon(true);
    }

    public RecordLoop start() {
        thread.start();
        return this;
    }

    /** Makes a poll that is under way return, so that the handler is called soon. */
    public void wakeup() {
        consumer.wakeup();
    }

    private void run() {
        try (consumer) {
            while (!closed) {
                try {
                    handler.accept(poll());
                } catch (WakeupException e) {
                    LOGGER.trace("Woken up");
                } catch (KafkaException e) {
                    LOGGER.warn("{} goes on after: {}", thread.getName(), e.toString());
                } catch (RuntimeException e) {
                    LOGGER.error("{} goes on after an unexpected error", thread.getName(), e);
                }
            }
            beforeClose.run();
        } catch (RuntimeException e) {
            LOGGER.warn("{} could not be closed cleanly: {}", thread.getName(), e.toString());
        }
    }

    private ConsumerRecords<String, byte[]> poll() {
        try {
            return consumer.poll(POLL);
        } catch (WakeupException e) {
            return ConsumerRecords.empty();
        }
    }

    @Override
    public void close() {
        closed = true;
        consumer.wakeup();
        try {
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
