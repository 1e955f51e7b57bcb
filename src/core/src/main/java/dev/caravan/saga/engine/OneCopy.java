package dev.caravan.saga.engine;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;

/**
 * Who runs a saga has its state, and so has who reads its partition, and many sagas wait at the same time: as soon as all
 * that was appended was read back, and nothing else, there is one copy of it.
 */
final class OneCopy {

    private OneCopy() {}

    static SagaId idOf(SagaHost host, SagaLogEntry entry) {
        return host.live(entry.sagaId()).map(LiveSaga::id).orElse(entry.sagaId());
    }

    static SagaState of(SagaHost host, SagaState read) {
        return host.live(read.sagaId())
                .map(LiveSaga::state)
                .filter(live -> live.nextSequence() == read.nextSequence() && live.equals(read))
                .orElse(read);
    }
}
