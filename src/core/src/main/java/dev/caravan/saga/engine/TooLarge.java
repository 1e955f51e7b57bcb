package dev.caravan.saga.engine;

import dev.caravan.saga.state.EntryTooLargeException;
import dev.caravan.saga.state.SagaEvent;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** What the log refuses at once because it is too large is surely not in it: the saga goes on as if it had not been tried. */
final class TooLarge {

    private TooLarge() {}

    static boolean is(CompletableFuture<?> appended) {
        return appended.isCompletedExceptionally() && reason(appended) instanceof EntryTooLargeException;
    }

    private static Throwable reason(CompletableFuture<?> appended) {
        Throwable failure = appended.handle((done, thrown) -> thrown).join();
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    /** What is written down in its place: a result that cannot be kept leaves its step to be undone. */
    static Optional<SagaEvent> instead(SagaEvent event) {
        return event instanceof SagaEvent.Success success
                ? Optional.of(new SagaEvent.StepUnknown(
                        success.step(), success.command(), "It was done, and its result is larger than the log takes"))
                : Optional.empty();
    }
}
