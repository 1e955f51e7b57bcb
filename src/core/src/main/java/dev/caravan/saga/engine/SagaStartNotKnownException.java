package dev.caravan.saga.engine;

import dev.caravan.saga.SagaId;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The log did not say whether it has the start of a saga. It may be there: then the saga runs, here or elsewhere. */
public final class SagaStartNotKnownException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public SagaStartNotKnownException(SagaId sagaId, Throwable cause) {
        super(
                "It is not known whether saga %s has started, because the saga log did not answer: %s. Look for it before you start it again"
                        .formatted(sagaId, cause.getMessage()),
                cause);
    }

    /** Of a start with a key, which another instance decides. */
    SagaStartNotKnownException(String name, @Nullable String key) {
        super(
                "It is not known whether a saga %s with the key '%s' has started: who owns the key's partition did not answer. It is started yet if that can be; ask again with the same key, which starts it once"
                        .formatted(name, key));
    }

    /** What was refused at once was not sent, and is surely not in the log; of anything that failed later, it is not known. */
    static CompletableFuture<Void> explained(SagaId sagaId, CompletableFuture<Void> start) {
        return start.isCompletedExceptionally()
                ? start
                : start.exceptionallyCompose(failure ->
                        CompletableFuture.failedFuture(new SagaStartNotKnownException(sagaId, Causes.of(failure))));
    }
}
