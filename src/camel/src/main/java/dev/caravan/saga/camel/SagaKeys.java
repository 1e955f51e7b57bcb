package dev.caravan.saga.camel;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.state.SagaEvent;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

/** Which saga the application calls by a key; the latest, if there are several. */
@FunctionalInterface
public interface SagaKeys {

    /** Must not block. */
    CompletableFuture<Optional<SagaId>> find(String key);

    /** Reads the log for each one that is asked for: for an application that keeps no list of sagas. */
    static SagaKeys inLog(SagaHost host) {
        return key -> CompletableFuture.supplyAsync(
                () -> {
                    AtomicReference<SagaId> latest = new AtomicReference<>();
                    for (int partition = 0; partition < host.log().partitions(); partition++) {
                        host.log().replay(partition, entry -> {
                            SagaEvent.Start start = entry.event() instanceof SagaEvent.Start begun
                                    ? begun
                                    : entry.event() instanceof SagaEvent.Snapshot carried
                                            ? carried.state().start()
                                            : null;
                            if (start != null && key.equals(start.key())) {
                                latest.set(entry.sagaId());
                            }
                        });
                    }
                    return Optional.ofNullable(latest.get());
                },
                host.threads().workers());
    }
}
