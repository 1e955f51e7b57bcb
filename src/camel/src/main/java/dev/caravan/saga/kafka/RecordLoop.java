package dev.caravan.saga.kafka;

import dev.caravan.saga.Printable;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that polls one consumer and hands on what it gets. The handler is called after every poll, also with nothing,
 * on the loop's thread, so that it may use the consumer. A broker that is away is waited for; an exception of the handler
 * is logged and does not stop the loop, so a handler that can fail deals with its records itself.
 *
 * <p>What cannot go on stops the loop: an {@link Error}. {@link #trouble} tells of that, and of one that tries again and
 * again in vain. A member of a group that is fenced lets go of what it has, and goes on as a new one when nobody has its
 * instance id any more; {@link #fenced} tells of that.
 */
public final class RecordLoop implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(RecordLoop.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final Duration OUT = Duration.ofSeconds(1);
    private static final Duration CLOSE = Duration.ofSeconds(10);
    private static final int FAILURES = 5;

    private final Supplier<? extends org.apache.kafka.clients.consumer.Consumer<String, byte[]>> consumer;
    private final @Nullable GroupMember member;
    private final Consumer<ConsumerRecords<String, byte[]>> handler;
    private final Runnable beforeClose;
    private final Thread thread;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final CompletableFuture<Void> stopping = new CompletableFuture<>();
    private volatile boolean closed;
    private volatile @Nullable String stopped;
    private volatile @Nullable String failing;
    private int failures;

    /**
     * Of no group.
     *
     * @param beforeClose runs last on the loop's thread, while the consumer is still open
     */
    public RecordLoop(
            String name,
            KafkaConsumer<String, byte[]> consumer,
            Consumer<ConsumerRecords<String, byte[]>> handler,
            Runnable beforeClose) {
        this(name, () -> consumer, null, handler, beforeClose);
    }

    /** @param beforeClose runs last on the loop's thread, while the consumer is still open */
    RecordLoop(
            String name, GroupMember member, Consumer<ConsumerRecords<String, byte[]>> handler, Runnable beforeClose) {
        this(name, member::consumer, member, handler, beforeClose);
    }

    private RecordLoop(
            String name,
            Supplier<? extends org.apache.kafka.clients.consumer.Consumer<String, byte[]>> consumer,
            @Nullable GroupMember member,
            Consumer<ConsumerRecords<String, byte[]>> handler,
            Runnable beforeClose) {
        this.consumer = consumer;
        this.member = member;
        this.handler = handler;
        this.beforeClose = beforeClose;
        this.thread = new Thread(this::run, name);
        this.thread.setDaemon(true);
    }

    public synchronized RecordLoop start() {
        thread.start();
        return this;
    }

    /** Makes a poll that is under way return, so that the handler is called soon. */
    public synchronized void wakeup() {
        if (!closed) {
            consumer.get().wakeup();
        }
    }

    private void run() {
        try {
            try {
                while (!closed) {
                    takeNext();
                }
                if (stopped == null && !isOut()) { // a fenced consumer that polls takes the place of the other one
                    forgetWakeup();
                }
                beforeClose.run();
            } finally {
                consumer.get().close();
            }
        } catch (RuntimeException e) {
            LOGGER.warn("{} could not be closed cleanly: {}", thread.getName(), Printable.of(e));
        } finally {
            ended.complete(null);
        }
    }

    private void takeNext() {
        try {
            if (!comeBack()) {
                await(stopping, OUT);
                return;
            }
            ConsumerRecords<String, byte[]> records = poll();
            if (stopped == null) { // assignments are part of a poll, and may have stopped it
                handler.accept(records);
                recovered();
            }
        } catch (WakeupException e) {
            LOGGER.trace("Woken up");
        } catch (KafkaException e) {
            if (member != null && isFenced(e)) {
                LOGGER.warn(member.fence(thread.getName()));
                return;
            }
            LOGGER.warn("{} goes on after: {}", thread.getName(), Printable.of(e));
            failed(e);
            await(stopping, PAUSE);
        } catch (RuntimeException e) {
            LOGGER.error("{} goes on after an unexpected error", thread.getName(), Printable.failure(e));
            failed(e);
        } catch (Error e) {
            LOGGER.error("{} met an error", thread.getName(), Printable.failure(e));
            stopBecause("of " + Printable.of(e) + ". Start this instance again");
        }
    }

    /** Where it meets a commit while partitions are revoked, it may be the cause of another one. */
    private static boolean isFenced(KafkaException failure) {
        return failure instanceof FencedInstanceIdException || failure.getCause() instanceof FencedInstanceIdException;
    }

    private boolean isOut() {
        return member != null && member.isOut();
    }

    /** @return whether it may poll */
    private boolean comeBack() {
        if (member == null || !member.isOut()) {
            return true;
        }
        var left = member.joinAgain();
        synchronized (this) { // who wakes it up has the one that polls now
            left.ifPresent(before -> before.close(Duration.ZERO));
        }
        return left.isPresent();
    }

    /** Has the loop end, and leave to others what it did. Called on its thread. */
    void stopBecause(String reason) {
        stopped = "%s does nothing any more, because %s".formatted(thread.getName(), reason);
        LOGGER.error(stopped);
        closed = true;
    }

    private void failed(RuntimeException failure) {
        if (++failures >= FAILURES) {
            failing =
                    "%s cannot work, and tries again: %s. Remove the cause; if there is none, start this instance again"
                            .formatted(thread.getName(), Printable.of(failure));
        }
    }

    private void recovered() {
        failures = 0;
        failing = null;
    }

    /**
     * Why it does not work, and what to do: it has ended by itself, nothing but failures came of its last polls, or it was
     * fenced and is not back. Empty while it works, and when somebody stopped it.
     */
    Optional<String> trouble() {
        if (stopping.isDone()) {
            return Optional.empty();
        }
        return Optional.ofNullable(stopped == null ? failing : stopped).or(() -> isOut() ? fenced() : Optional.empty());
    }

    /** That it was fenced, why, and what to do; empty for one that never was. It may be back since. */
    Optional<String> fenced() {
        return member == null ? Optional.empty() : member.fenced();
    }

    /** One that met no poll would break off what is done last. */
    private synchronized void forgetWakeup() {
        consumer.get().pause(consumer.get().assignment());
        try {
            consumer.get().poll(Duration.ZERO);
        } catch (WakeupException e) {
            LOGGER.trace("Woken up");
        }
    }

    private ConsumerRecords<String, byte[]> poll() {
        try {
            return consumer.get().poll(POLL);
        } catch (WakeupException e) {
            return ConsumerRecords.empty();
        }
    }

    /**
     * Has the loop end as soon as its handler lets it.
     *
     * @return completes when the consumer is closed: it has left its group then
     */
    public synchronized CompletableFuture<Void> stop() {
        if (!closed) {
            closed = true;
            stopping.complete(null);
            if (thread.getState() == Thread.State.NEW) {
                consumer.get().close();
                ended.complete(null);
            } else {
                consumer.get().wakeup();
            }
        }
        return ended;
    }

    /** Waits for the end, unless somebody did before: it would take as long again. */
    @Override
    public void close() {
        if (!closed) {
            await(stop(), CLOSE);
        }
    }

    /** @return false: it is not complete yet, and the time is up */
    static boolean await(CompletableFuture<?> future, Duration timeout) {
        try {
            future.get(Math.max(0, timeout.toMillis()), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
