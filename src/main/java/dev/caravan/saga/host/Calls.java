package dev.caravan.saga.host;

import dev.caravan.saga.Step;
import dev.caravan.saga.log.SagaEvent;
import dev.caravan.saga.message.Phase;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** What one saga has called other applications for and waits for. Thread-safe. */
public final class Calls {

    private final Map<Key, CompletableFuture<Void>> waiting = new ConcurrentHashMap<>();

    private record Key(Step step, Phase phase) {}

    Calls() {}

    /**
     * Has the application that enlisted the step run its compensation or completion.
     *
     * @param saga whose calls these are
     * @return completes when it says that it is done; fails when it says that it went wrong, or the saga moves
     */
    public CompletableFuture<Void> call(LiveSaga saga, Step step, Phase phase) {
        CompletableFuture<Void> answer =
                waiting.computeIfAbsent(new Key(step, phase), key -> new CompletableFuture<>());
        saga.append(new SagaEvent.Call(step, phase)).exceptionally(failure -> fail(step, phase, failure));
        return answer;
    }

    private Void fail(Step step, Phase phase, Throwable failure) {
        CompletableFuture<Void> answer = waiting.remove(new Key(step, phase));
        if (answer != null) {
            answer.completeExceptionally(failure);
        }
        return null;
    }

    /**
     * The application that was called answers.
     *
     * @param error {@code null}: it is done
     * @return false when nobody waits for it
     */
    public boolean answer(Step step, Phase phase, String error) {
        CompletableFuture<Void> answer = waiting.remove(new Key(step, phase));
        if (answer != null && error == null) {
            answer.complete(null);
        } else if (answer != null) {
            answer.completeExceptionally(new IllegalStateException(error));
        }
        return answer != null;
    }

    void abandonAll(Exception reason) {
        List<CompletableFuture<Void>> all = List.copyOf(waiting.values());
        waiting.clear();
        all.forEach(answer -> answer.completeExceptionally(reason));
    }
}
