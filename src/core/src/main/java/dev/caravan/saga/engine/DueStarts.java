package dev.caravan.saga.engine;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sagas whose time to begin has come, the first one first: as many begin as may be taken in, and the others wait here. Whether
 * there is room is asked when a saga becomes due, when one that began here has ended, and every second while one waits.
 * What a crash loses is due when the saga is taken over. Thread-safe.
 */
final class DueStarts {

    private static final Duration LOOK = Duration.ofSeconds(1);

    private final SagaHost host;
    private final Intake intake;
    private final Function<Due, CompletableFuture<Boolean>> begin;
    private final Queue<Due> waiting = new ArrayDeque<>();
    private @Nullable Runnable cancelLook;

    /** @param attempt how often it was tried, with this one */
    record Due(LiveSaga saga, int attempt) {

        /** False when it was cancelled in time, or goes on elsewhere. */
        boolean isStill() {
            return !saga.isGone() && saga.state().isScheduled();
        }
    }

    /**
     * @param begin begins one of them; true: it has begun, false: it never will here. When it fails, it is added again some
     *     time later
     */
    DueStarts(SagaHost host, Intake intake, Function<Due, CompletableFuture<Boolean>> begin) {
        this.host = host;
        this.intake = intake;
        this.begin = begin;
    }

    void add(Due due) {
        synchronized (this) {
            waiting.add(due);
        }
        takeIn();
    }

    private void takeIn() {
        Optional<Runnable> next = next();
        while (next.isPresent()) {
            next.get().run();
            next = next();
        }
    }

    private synchronized Optional<Runnable> next() {
        while (!waiting.isEmpty() && !waiting.peek().isStill()) {
            waiting.remove();
        }
        if (waiting.isEmpty()) {
            lookNoMore();
            return Optional.empty();
        }
        Optional<Intake.Place> place = intake.take();
        if (place.isEmpty()) {
            lookAgain();
            return Optional.empty();
        }
        Due due = waiting.remove();
        return place.map(taken -> () -> begin(due, taken));
    }

    private void begin(Due due, Intake.Place place) {
        CompletableFuture.completedFuture(due).thenCompose(begin).whenComplete((begun, failure) -> {
            if (Boolean.TRUE.equals(begun)) {
                due.saga().ended().whenComplete((ended, moved) -> leave(place, moved == null));
            } else {
                leave(place, false);
            }
        });
    }

    private void leave(Intake.Place place, boolean done) {
        place.leave(done);
        host.executor().execute(this::takeIn);
    }

    private void lookAgain() {
        if (cancelLook == null) {
            cancelLook = host.timers().schedule(LOOK, this::look);
        }
    }

    private void lookNoMore() {
        if (cancelLook != null) {
            cancelLook.run();
            cancelLook = null;
        }
    }

    private void look() {
        synchronized (this) {
            cancelLook = null;
        }
        takeIn();
    }
}
