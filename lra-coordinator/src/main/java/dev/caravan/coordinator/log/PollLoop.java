package dev.caravan.coordinator.log;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread that polls one consumer and hands on what it gets. A broker that is away is waited for. */
final class PollLoop {

    private static final Logger LOGGER = LoggerFactory.getLogger(PollLoop.class);
    private static final long PAUSE = 200; // ms

    private final KafkaConsumer<String, byte[]> consumer;
    private final Duration poll;
    private final Consumer<ConsumerRecords<String, byte[]>> handler;
    private final Thread thread;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile long polledAt = System.nanoTime();

    PollLoop(
            String name,
            KafkaConsumer<String, byte[]> consumer,
            Duration poll,
            Consumer<ConsumerRecords<String, byte[]>> handler) {
        this.consumer = consumer;
        this.poll = poll;
        this.handler = handler;
        this.thread = new Thread(this::run, name);
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    boolean hasPolledWithin(long seconds) {
        return System.nanoTime() - polledAt < TimeUnit.SECONDS.toNanos(seconds);
    }

    private void run() {
        try (consumer) {
            while (closed.getCount() > 0) {
                try {
                    handler.accept(consumer.poll(poll));
                    polledAt = System.nanoTime();
                } catch (WakeupException e) {
                    LOGGER.trace("Woken up");
                } catch (KafkaException e) {
                    LOGGER.warn("{} goes on after: {}", thread.getName(), e.toString());
                    pause();
                } catch (RuntimeException e) {
                    LOGGER.error("{} goes on after an unexpected error", thread.getName(), e);
                    pause();
                }
            }
        }
    }

    private void pause() {
        try {
            closed.await(PAUSE, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closed.countDown();
        }
    }

    /** Returns when the consumer is closed. */
    void close() {
        closed.countDown();
        consumer.wakeup();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
