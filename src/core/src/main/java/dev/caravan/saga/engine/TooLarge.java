package dev.caravan.saga.engine;

import dev.caravan.saga.state.EntryTooLargeException;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.StepLeft;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What the log refuses at once because it is too large is surely not in it: the saga goes on as if it had not been tried. */
final class TooLarge {

    private TooLarge() {}

    static boolean is(CompletableFuture<?> appended) {
        return appended.isCompletedExceptionally() && reason(appended) instanceof EntryTooLargeException;
    }

    private static Throwable reason(CompletableFuture<?> appended) {
        return Causes.of(appended.handle((done, thrown) -> thrown).join());
    }

    /** What is written down in its place: a result that cannot be kept leaves its step to be undone, as a
     * message that cannot does after a crash. */
    static Optional<SagaEvent> instead(SagaEvent event) {
        if (event instanceof SagaEvent.StepEnd end) {
            return Optional.of(new SagaEvent.StepEnd(
                    end.step(), StepLeft.unkept("the message that it left is larger than the log takes", List.of())));
        }
        if (event instanceof SagaEvent.StepUnknown unknown && unknown.left() != null) {
            return Optional.of(new SagaEvent.StepUnknown(
                    unknown.step(),
                    unknown.command(),
                    unknown.error(),
                    unknown.exception(),
                    unknown.within(),
                    null,
                    unknown.causes()));
        }
        return event instanceof SagaEvent.Success success
                ? Optional.of(new SagaEvent.StepUnknown(
                        success.step(),
                        success.command(),
                        "It was done, and its result is larger than the log takes",
                        null,
                        null,
                        null,
                        null))
                : Optional.empty();
    }
}
