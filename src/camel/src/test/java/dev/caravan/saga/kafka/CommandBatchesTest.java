package dev.caravan.saga.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.participant.BatchInbox;
import dev.caravan.saga.participant.BatchedAction;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** On one thread, but for one test: what comes while something is at work is submitted by that which is at work. */
class CommandBatchesTest {

    private final List<String> done = new ArrayList<>();
    private final Queue<Runnable> workers = new ArrayDeque<>();
    private final CommandBatches batches = new CommandBatches(3, workers::add);
    private final RecordingInbox inbox = new RecordingInbox();

    /** Runs the actions; knows nothing. */
    private class RecordingInbox implements OnlyBatches {

        private final List<String> known = new ArrayList<>();

        @Override
        public List<Optional<SagaReply>> handleTogether(List<BatchedAction> actions) throws Exception {
            done.add("begin " + actions.size());
            List<Optional<SagaReply>> replies = new ArrayList<>();
            for (BatchedAction action : actions) {
                boolean isKnown = known.contains(action.command().sagaId().value());
                replies.add(
                        isKnown ? Optional.empty() : Optional.of(action.work().call()));
            }
            done.add("commit");
            return replies;
        }
    }

    @Test
    void doesAnActionThatFindsNoOthersByItself() {
        submit("a");
        submit("b");

        assertThat(done).containsExactly("a by itself", "b by itself");
        assertThat(workers).isEmpty();
    }

    @Test
    void doesTogetherWhatComesWhileAnActionIsAtWork() {
        submit("a", () -> {
            submit("b");
            submit("c");
            done.add("a by itself");
        });
        assertThat(done).as("whoever submits is not held up by others").containsExactly("a by itself");
        runWorkers();

        assertThat(done)
                .containsExactly(
                        "a by itself", "begin 2", "b in a batch", "c in a batch", "commit", "b answered", "c answered");
    }

    @Test
    void doesTogetherWhatComesWhileABatchIsAtWorkAndKeepsTheOrder() {
        submit("a", () -> {
            inBatch("b", () -> {
                submit("d");
                submit("e");
                return null;
            });
            submit("c");
        });
        runWorkers();

        assertThat(done)
                .containsExactly(
                        "begin 2",
                        "b in a batch",
                        "c in a batch",
                        "commit",
                        "b answered",
                        "c answered",
                        "begin 2",
                        "d in a batch",
                        "e in a batch",
                        "commit",
                        "d answered",
                        "e answered");
    }

    @Test
    void beginsAnotherBatchOnlyWhenItIsFull() {
        submit("a", () -> {
            Stream.of("b", "c").forEach(this::submit);
            assertThat(done).isEmpty();
            submit("d");
            assertThat(done).startsWith("begin 3").endsWith("b answered", "c answered", "d answered");
            done.clear();
            submit("e");
            assertThat(done).isEmpty();
        });
        runWorkers();

        assertThat(done).containsExactly("e by itself");
    }

    @Test
    void answersEachOnceAndKeepsToTheSizeWhenManyThreadsSubmit() throws Exception {
        List<Integer> sizes = new CopyOnWriteArrayList<>();
        List<SagaId> handled = new CopyOnWriteArrayList<>();
        List<CompletableFuture<?>> answers = new CopyOnWriteArrayList<>();
        BatchInbox counting = new RecordingInbox() {
            @Override
            public List<Optional<SagaReply>> handleTogether(List<BatchedAction> actions) {
                sizes.add(actions.size());
                return actions.stream()
                        .map(action -> Optional.of(SagaReply.success(action.command(), null)))
                        .toList();
            }
        };
        ExecutorService threads = Executors.newFixedThreadPool(8);
        CommandBatches concurrent = new CommandBatches(3, threads);
        try {
            for (int i = 0; i < 8; i++) {
                int thread = i;
                threads.execute(() -> IntStream.range(0, 500).forEach(number -> {
                    SagaCommand command = command("saga-" + thread + "-" + number);
                    answers.add(concurrent.submit(counting, new BatchedAction(command, () -> null), reply -> {
                        handled.add(command.sagaId());
                        return CompletableFuture.completedFuture(null);
                    }));
                }));
            }
            await().until(() ->
                    answers.stream().filter(CompletableFuture::isDone).count() == 4000);
        } finally {
            threads.shutdownNow();
        }

        assertThat(handled).doesNotHaveDuplicates().hasSize(4000);
        assertThat(sizes).allSatisfy(size -> assertThat(size).isBetween(2, 3));
    }

    @Test
    void doesEachByItselfOnAnotherThreadWhenABatchComesToNothing() {
        for (Throwable trouble : List.of(new IllegalStateException("no"), new OutOfMemoryError("on purpose"))) {
            done.clear();
            submit("a", () -> {
                submit("b");
                inBatch("c", () -> {
                    if (trouble instanceof Error error) {
                        throw error;
                    }
                    throw (RuntimeException) trouble;
                });
            });
            runWorkers();
            assertThat(done).containsExactly("begin 2", "b in a batch", "b by itself", "c by itself");
        }
        done.clear();

        submit("d");
        assertThat(done).containsExactly("d by itself");
    }

    @Test
    void doesByItselfWhatTheInboxKnows() {
        inbox.known.add("c");
        submit("a", () -> {
            submit("b");
            submit("c");
        });
        runWorkers();

        assertThat(done).containsExactly("begin 2", "b in a batch", "commit", "b answered", "c by itself");
    }

    @Test
    void doesNotMixInboxes() {
        RecordingInbox other = new RecordingInbox();
        submit("a", () -> {
            submit("b");
            submit(
                    other,
                    "c",
                    () -> {
                        submit("d");
                        submit(other, "e", () -> done.add("e by itself"), () -> null);
                        done.add("c by itself");
                    },
                    () -> null);
        });
        runWorkers();

        assertThat(done)
                .containsExactly(
                        "c by itself",
                        "e by itself",
                        "begin 2",
                        "b in a batch",
                        "d in a batch",
                        "commit",
                        "b answered",
                        "d answered");
    }

    @Test
    void refusesABatchOfNothing() {
        assertThatThrownBy(() -> new CommandBatches(0, workers::add))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 command or more");
    }

    private void runWorkers() {
        for (Runnable task = workers.poll(); task != null; task = workers.poll()) {
            task.run();
        }
    }

    private void submit(String saga) {
        submit(saga, () -> done.add(saga + " by itself"));
    }

    private void submit(String saga, Runnable byItself) {
        submit(inbox, saga, byItself, () -> null);
    }

    private void inBatch(String saga, Callable<Void> inBatch) {
        submit(inbox, saga, () -> done.add(saga + " by itself"), inBatch);
    }

    private void submit(BatchInbox to, String saga, Runnable byItself, Callable<Void> inBatch) {
        SagaCommand command = command(saga);
        BatchedAction action = new BatchedAction(command, () -> {
            inBatch.call();
            done.add(saga + " in a batch");
            return SagaReply.success(command, null);
        });
        batches.submit(to, action, reply -> {
            if (reply.isPresent()) {
                assertThat(reply).contains(SagaReply.success(command, null));
                done.add(saga + " answered");
            } else {
                byItself.run();
            }
            return CompletableFuture.completedFuture(null);
        });
    }

    private static SagaCommand command(String saga) {
        return new SagaCommand(new SagaId(saga), new Step("PAY", 1), "payment-service", "Pay", null, Phase.ACTION);
    }
}
