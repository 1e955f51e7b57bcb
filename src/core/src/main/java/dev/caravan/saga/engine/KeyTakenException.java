package dev.caravan.saga.engine;

import dev.caravan.saga.SagaId;
import org.jspecify.annotations.Nullable;

/** A start came with the key of an earlier one, and with another body. Nothing was started. */
public final class KeyTakenException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    private final transient SagaId saga;

    KeyTakenException(SagaId saga, String name, @Nullable String key) {
        super(
                "No saga was started: the key '%s' of %s is that of saga %s, which was started with another body. Give another key to what is not the same"
                        .formatted(key, name, saga));
        this.saga = saga;
    }

    /** The saga that has the key. */
    public SagaId saga() {
        return saga;
    }
}
