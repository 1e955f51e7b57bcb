package dev.caravan.coordinator.log;

import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls what is due, one call of a family after another, each of several families at the same time. What an answer changed
 * is in the log and read back before the next call, and who has read nothing of late reads first: so an instance that lost
 * the family makes no further call, be it that it was frozen or cut off. What is not done is called again after a delay
 * that doubles. Participants are to forget one delay after the end, so that who has ended an LRA can still ask them.
 * Thread-safe.
 */
final class CallRuns {

    private static final Logger LOGGER = LoggerFactory.getLogger(CallRuns.class);
    private static final long READ_BACK = 30; // s

    private final LoggedLras lras;
    private final LoggedLras.Later later;
    private final CallSettings settings;
    private final ParticipantCaller caller;
    private final ExecutorService threads;
    private final Map<String, Run> runs = new HashMap<>();

    /** That of one family. Guarded by the runs. */
    private static final class Run {
        private CompletableFuture<Void> running;
        private CompletableFuture<Void> next;
        private Duration delay;
        private int turn;
        private boolean forgets;
    }

    /** How a run went. */
    private enum End {
        NOTHING_LEFT,
        PROGRESS,
        NO_PROGRESS
    }

    CallRuns(LoggedLras lras, Clock clock, LoggedLras.Later later, CallSettings settings) {
        this.lras = lras;
        this.later = later;
        this.settings = settings;
        this.caller = new ParticipantCaller(settings, clock);
        this.threads = Executors.newFixedThreadPool(settings.threads(), task -> {
            Thread thread = new Thread(task, "lra-calls");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Begins a run now, or after the one that goes on. @return completes when it has ended */
    synchronized CompletableFuture<Void> start(String root) {
        Run run = runs.computeIfAbsent(root, first -> new Run());
        if (run.running != null) {
            run.next = run.next == null ? new CompletableFuture<>() : run.next;
            return run.next;
        }
        return begin(root, run, new CompletableFuture<>());
    }

    private CompletableFuture<Void> begin(String root, Run run, CompletableFuture<Void> end) {
        run.running = end;
        run.turn++;
        try {
            boolean forgets = run.forgets;
            threads.execute(() -> work(root, forgets));
        } catch (RejectedExecutionException e) {
            LOGGER.debug("The coordinator stops; another one goes on with {}", root, e);
            runs.remove(root);
            end.complete(null);
        }
        return end;
    }

    private void work(String root, boolean forgets) {
        End end = End.NO_PROGRESS;
        try {
            end = callAll(root, forgets);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            LOGGER.warn("The calls of LRA {} are tried again: {}", root, e.toString());
            LOGGER.debug("Where the calls of LRA {} failed", root, e);
        } finally {
            ended(root, end);
        }
    }

    private End callAll(String root, boolean forgets)
            throws InterruptedException, ExecutionException, TimeoutException {
        Set<String> made = new HashSet<>();
        End end = End.NO_PROGRESS;
        while (lras.isMine(root)) {
            Family family = lras.family(root);
            List<Call> due = family == null ? List.of() : Due.in(family);
            if (due.isEmpty()) {
                return End.NOTHING_LEFT;
            }
            Optional<Call> next = due.stream()
                    .filter(call -> forgets || call.kind() != Call.Kind.FORGET)
                    .filter(call -> !made.contains(call.once()))
                    .findFirst();
            if (next.isEmpty()) {
                return end;
            }
            if (!lras.hasReadOfLate(root)) {
                lras.write(root, new LraEvent.Look()).get(READ_BACK, TimeUnit.SECONDS);
                continue; // with what others have written meanwhile
            }
            made.add(next.get().once());
            Optional<LraEvent> news = caller.make(next.get());
            if (news.isPresent()) {
                lras.write(next.get().lra().uid(), news.get()).get(READ_BACK, TimeUnit.SECONDS);
                end = End.PROGRESS;
            }
        }
        return End.NOTHING_LEFT;
    }

    private synchronized void ended(String root, End end) {
        Run run = runs.get(root);
        if (run == null) {
            return;
        }
        CompletableFuture<Void> ran = run.running;
        run.running = null;
        if (run.next != null) {
            CompletableFuture<Void> next = run.next;
            run.next = null;
            begin(root, run, next);
        } else if (end == End.NOTHING_LEFT) {
            runs.remove(root);
        } else {
            again(root, run, end);
        }
        ran.complete(null);
    }

    private void again(String root, Run run, End end) {
        run.forgets = true;
        Duration before = run.delay;
        run.delay = before == null || end == End.PROGRESS ? settings.firstDelay() : longer(before);
        if (run.delay.equals(settings.longestDelay()) && !run.delay.equals(before)) {
            LOGGER.warn(
                    "LRA {} has not ended after several callbacks. A participant does not answer or says no;"
                            + " it is called every {}",
                    root,
                    run.delay);
        }
        int turn = run.turn;
        later.run(
                () -> {
                    synchronized (this) {
                        if (runs.get(root) == run && run.running == null && run.turn == turn) {
                            begin(root, run, new CompletableFuture<>());
                        }
                    }
                },
                run.delay);
    }

    private Duration longer(Duration delay) {
        Duration twice = delay.multipliedBy(2);
        return twice.compareTo(settings.longestDelay()) < 0 ? twice : settings.longestDelay();
    }

    /** Lets those calls end that are under way. */
    void close() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(settings.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
