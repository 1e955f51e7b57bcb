package dev.caravan.saga.camel;

import dev.caravan.saga.engine.StepRefusedException;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.apache.camel.saga.CamelSagaCoordinator;
import org.apache.camel.saga.CamelSagaStep;
import org.jspecify.annotations.Nullable;

/** Stands for a saga that cannot be joined or ended here: whoever asks is told why. */
public final class RefusingCoordinator implements CamelSagaCoordinator {

    private final @Nullable String id;
    private final String reason;

    /** @param reason goes on after "Cannot begin: " */
    public RefusingCoordinator(@Nullable String id, String reason) {
        this.id = id;
        this.reason = reason;
    }

    @Override
    public @Nullable String getId() {
        return id;
    }

    @Override
    public CompletableFuture<Void> beginStep(Exchange exchange, CamelSagaStep step) {
        return refuse("begin");
    }

    @Override
    public CompletableFuture<Void> compensate(Exchange exchange) {
        return refuse("compensate");
    }

    @Override
    public CompletableFuture<Void> complete(Exchange exchange) {
        return refuse("complete");
    }

    private CompletableFuture<Void> refuse(String verb) {
        return CompletableFuture.failedFuture(new StepRefusedException("Cannot %s: %s".formatted(verb, reason)));
    }
}
