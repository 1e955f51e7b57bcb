package dev.caravan.saga.kafka;

import dev.caravan.saga.Printable;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.participant.BatchInbox;
import dev.caravan.saga.participant.BatchedAction;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has actions of one inbox done together, in one transaction. None waits for others to come: an action that finds none
 * at work begins at once, and those that come meanwhile are the next batch. While a batch is at work, another one begins
 * only when it is full.
 *
 * <p>An action that finds no others is done by itself; when a batch comes to nothing, for whatever reason, each of its
 * actions is. Thread-safe.
 */
final class CommandBatches {

    private static final Logger LOGGER = LoggerFactory.getLogger(CommandBatches.class);

    private final int size;
    private final Executor workers;
    private final Map<BatchInbox, Line> lines = new ConcurrentHashMap<>();

    /**
     * @param size actions of a batch at most; 1: there are no batches
     * @param workers take the next batch, and what has to be done by itself after one
     */
    CommandBatches(int size, Executor workers) {
        if (size < 1) {
            throw new IllegalArgumentException("A batch has 1 command or more, not " + size);
        }
        this.size = size;
        this.workers = workers;
    }

    boolean areOff() {
        return size == 1;
    }

    /**
     * May do the action, and others that wait, on this thread, before it returns.
     *
     * @param then gets the reply when it is durable; or empty: it does the action by itself. May block
     * @return completes when that does
     */
    <T> CompletableFuture<T> submit(
            BatchInbox inbox, BatchedAction action, Function<Optional<SagaReply>, CompletableFuture<T>> then) {
        Waiting waiting = new Waiting(action, new CompletableFuture<>());
        CompletableFuture<T> ended = waiting.reply.thenCompose(then);
        lines.computeIfAbsent(inbox, Line::new).add(waiting);
        return ended;
    }

    private record Waiting(BatchedAction action, CompletableFuture<Optional<SagaReply>> reply) {}

    /** What waits for one inbox. */
    private final class Line {

        private final BatchInbox inbox;
        private final Queue<Waiting> queue = new ArrayDeque<>();
        private int atWork;

        Line(BatchInbox inbox) {
            this.inbox = inbox;
        }

        void add(Waiting waiting) {
            synchronized (this) {
                queue.add(waiting);
                if (mustWait(atWork)) {
                    return;
                }
                atWork++;
            }
            run();
        }

        /** One batch, and the next one as a task of its own: whoever submits is not held up by what comes after. */
        private void run() {
            work(next());
            if (goesOn()) {
                workers.execute(this::run);
            }
        }

        private boolean mustWait(int others) {
            return others > 0 && queue.size() < size;
        }

        /** Empty: somebody else was quicker. */
        private synchronized List<Waiting> next() {
            List<Waiting> batch = new ArrayList<>();
            while (batch.size() < size && !queue.isEmpty()) {
                batch.add(queue.remove());
            }
            return batch;
        }

        private synchronized boolean goesOn() {
            if (queue.isEmpty() || mustWait(atWork - 1)) {
                atWork--;
                return false;
            }
            return true;
        }

        private void work(List<Waiting> batch) {
            if (batch.size() < 2) {
                batch.forEach(alone -> alone.reply.complete(Optional.empty()));
                return;
            }
            List<Optional<SagaReply>> replies;
            try {
                replies =
                        inbox.handleTogether(batch.stream().map(Waiting::action).toList());
            } catch (Exception | Error e) {
                LOGGER.debug("{} commands are done one by one now, after: {}", batch.size(), Printable.of(e));
                batch.forEach(this::byItself);
                return;
            }
            for (int i = 0; i < batch.size(); i++) {
                if (replies.get(i).isPresent()) {
                    batch.get(i).reply.complete(replies.get(i));
                } else {
                    byItself(batch.get(i));
                }
            }
        }

        private void byItself(Waiting waiting) {
            workers.execute(() -> waiting.reply.complete(Optional.empty()));
        }
    }
}
