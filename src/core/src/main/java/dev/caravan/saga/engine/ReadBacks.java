package dev.caravan.saga.engine;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What one saga has appended and waits to read back. Guarded by the saga. */
final class ReadBacks {

    private List<Decision> waiting = List.of();

    private record Decision(long sequence, SagaEvent event, CompletableFuture<SagaState> readBack) {

        /** Two may take a saga over in the same epoch; otherwise, an epoch has one writer. */
        private boolean isThatOf(SagaEvent read) {
            return event instanceof SagaEvent.Resume ? event.equals(read) : event.getClass() == read.getClass();
        }
    }

    /** What whoever waits is told when the saga is let go. */
    static IllegalStateException moved(SagaId sagaId) {
        return new IllegalStateException("Saga %s goes on in another instance".formatted(sagaId));
    }

    static IllegalStateException takenOver(SagaId sagaId) {
        return new IllegalStateException("Saga %s is being taken over by this instance: try again".formatted(sagaId));
    }

    CompletableFuture<SagaState> expect(long sequence, SagaEvent event) {
        CompletableFuture<SagaState> readBack = new CompletableFuture<>();
        remove(sequence);
        waiting = SmallLists.plus(waiting, new Decision(sequence, event, readBack));
        return readBack;
    }

    boolean isExpected(long sequence) {
        return find(sequence) != null;
    }

    private @Nullable Decision find(long sequence) {
        return SmallLists.find(waiting, decision -> decision.sequence() == sequence);
    }

    /** @return {@code null} if it is not what was appended with this sequence */
    @Nullable
    CompletableFuture<SagaState> take(long sequence, SagaEvent read) {
        Decision decision = find(sequence);
        if (decision == null || !decision.isThatOf(read)) {
            return null;
        }
        waiting = SmallLists.minus(waiting, decision);
        return decision.readBack();
    }

    void remove(long sequence) {
        Decision decision = find(sequence);
        if (decision != null) {
            waiting = SmallLists.minus(waiting, decision);
        }
    }

    boolean includesTakeover() {
        return SmallLists.find(waiting, decision -> decision.event() instanceof SagaEvent.Resume) != null;
    }

    List<CompletableFuture<SagaState>> takeAll() {
        List<CompletableFuture<SagaState>> all =
                waiting.stream().map(Decision::readBack).toList();
        waiting = List.of();
        return all;
    }
}
