package dev.caravan.saga.host;

import dev.caravan.saga.log.SagaEvent;
import dev.caravan.saga.machine.SagaState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** What one saga has appended and waits to read back, by sequence. Guarded by the saga. */
final class ReadBacks {

    private final Map<Long, Decision> waiting = new HashMap<>();

    private record Decision(SagaEvent event, CompletableFuture<SagaState> readBack) {

        /** Two may take a saga over in the same epoch; otherwise, an epoch has one writer. */
        private boolean isThatOf(SagaEvent read) {
            return event instanceof SagaEvent.Resume ? event.equals(read) : event.getClass() == read.getClass();
        }
    }

    CompletableFuture<SagaState> expect(long sequence, SagaEvent event) {
        CompletableFuture<SagaState> readBack = new CompletableFuture<>();
        waiting.put(sequence, new Decision(event, readBack));
        return readBack;
    }

    boolean isExpected(long sequence) {
        return waiting.containsKey(sequence);
    }

    /** @return {@code null} if it is not what was appended with this sequence */
    CompletableFuture<SagaState> take(long sequence, SagaEvent read) {
        Decision decision = waiting.get(sequence);
        if (decision == null || !decision.isThatOf(read)) {
            return null;
        }
        waiting.remove(sequence);
        return decision.readBack();
    }

    void remove(long sequence) {
        waiting.remove(sequence);
    }

    boolean includesTakeover() {
        return waiting.values().stream().anyMatch(decision -> decision.event() instanceof SagaEvent.Resume);
    }

    List<CompletableFuture<SagaState>> takeAll() {
        List<CompletableFuture<SagaState>> all =
                waiting.values().stream().map(Decision::readBack).toList();
        waiting.clear();
        return all;
    }
}
