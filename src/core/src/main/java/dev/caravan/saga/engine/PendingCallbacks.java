package dev.caravan.saga.engine;

import dev.caravan.saga.Step;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.state.SagaEvent;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What one saga has called other applications for and waits for. Thread-safe. */
public final class PendingCallbacks {

    private List<Waiting> waiting = List.of();

    private record Waiting(Step step, Phase phase, CompletableFuture<Void> answer) {}

    PendingCallbacks() {}

    /**
     * Has the application that enlisted the step run its compensation or completion.
     *
     * @param saga whose calls these are
     * @return completes when it says that it is done; fails when it says that it went wrong, or the saga moves
     */
    public CompletableFuture<Void> call(LiveSaga saga, Step step, Phase phase) {
        CompletableFuture<Void> answer = expect(step, phase);
        saga.append(new SagaEvent.Call(step, phase)).exceptionally(failure -> fail(step, phase, failure));
        return answer;
    }

    private synchronized CompletableFuture<Void> expect(Step step, Phase phase) {
        Waiting known = find(step, phase);
        if (known != null) {
            return known.answer();
        }
        CompletableFuture<Void> answer = new CompletableFuture<>();
        waiting = SmallLists.plus(waiting, new Waiting(step, phase, answer));
        return answer;
    }

    private @Nullable Waiting find(Step step, Phase phase) {
        return SmallLists.find(waiting, known -> known.step().equals(step) && known.phase() == phase);
    }

    /** @return {@code null}: nobody waits for it */
    private synchronized @Nullable CompletableFuture<Void> take(Step step, Phase phase) {
        Waiting known = find(step, phase);
        if (known == null) {
            return null;
        }
        waiting = SmallLists.minus(waiting, known);
        return known.answer();
    }

    private @Nullable Void fail(Step step, Phase phase, Throwable failure) {
        CompletableFuture<Void> answer = take(step, phase);
        if (answer != null) {
            answer.completeExceptionally(failure);
        }
        return null;
    }

    /**
     * The application that was called answers.
     *
     * @param failure {@code null}: it is done
     * @return false when nobody waits for it
     */
    public boolean answer(Step step, Phase phase, @Nullable Exception failure) {
        CompletableFuture<Void> answer = take(step, phase);
        if (answer != null && failure == null) {
            answer.complete(null);
        } else if (answer != null) {
            answer.completeExceptionally(failure);
        }
        return answer != null;
    }

    void abandonAll(Exception reason) {
        List<Waiting> all;
        synchronized (this) {
            all = waiting;
            waiting = List.of();
        }
        all.forEach(known -> known.answer().completeExceptionally(reason));
    }
}
