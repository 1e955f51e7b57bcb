package dev.caravan.saga.camel;

import dev.caravan.saga.SagaId;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Ids of new sagas, in partitions that this instance owns. */
final class SagaIds {

    /** With one partition of 10,000 owned, an id is still found almost surely. */
    private static final int ATTEMPTS = 100_000;

    private final Predicate<SagaId> owned;
    private final Supplier<String> source;

    SagaIds(Predicate<SagaId> owned) {
        this(owned, () -> UUID.randomUUID().toString());
    }

    SagaIds(Predicate<SagaId> owned, Supplier<String> source) {
        this.owned = owned;
        this.source = source;
    }

    /** @throws IllegalStateException this instance owns no partition now */
    SagaId next() {
        return next(id -> true);
    }

    /** @param wanted what it has to be beside */
    SagaId next(Predicate<SagaId> wanted) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            SagaId id = new SagaId(source.get());
            if (wanted.test(id) && owned.test(id)) {
                return id;
            }
        }
        throw new IllegalStateException("Sagas cannot start here now: this instance owns no partition of the saga log");
    }
}
