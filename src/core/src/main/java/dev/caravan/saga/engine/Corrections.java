package dev.caravan.saga.engine;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.state.Correction;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepCorrection;
import dev.caravan.saga.state.StepState;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Corrected data for what was given up for a step. The log has who gave it before it has that it is sent; a crash between the
 * two leaves it to be confirmed, and never sends what nobody gave.
 */
final class Corrections {

    private Corrections() {}

    /** @throws IllegalStateException the saga is not FAILED, or nothing was given up for the step */
    static CompletableFuture<Void> take(SagaHost host, SagaId sagaId, StepCorrection event) {
        LiveSaga saga = SagaOperator.reopen(host, sagaId, event.step());
        if (host.corrections() == CorrectionPolicy.CONFIRMED) {
            return saga.decide(event).whenComplete((done, failure) -> release(host, sagaId, failure));
        }
        long number = saga.state().nextSequence();
        CompletableFuture<SagaState> written = saga.write(event);
        if (written.isCompletedExceptionally()) {
            return written.<Void>thenApply(after -> null)
                    .whenComplete((done, failure) -> release(host, sagaId, failure));
        }
        return written.thenCombine(
                        saga.decide(new SagaEvent.Retry(event.who(), event.reason(), null, event.step(), number)),
                        (after, decided) -> decided)
                .whenComplete((done, failure) -> SagaOperator.resumeOrRelease(host, saga, failure));
    }

    private static void release(SagaHost host, SagaId sagaId, @Nullable Throwable failure) {
        if (failure != null) {
            host.takeover().release(sagaId);
        }
    }

    /**
     * Looks whether somebody may have this corrected data sent; a saga that was opened for it is let go if not.
     *
     * @throws IllegalStateException nobody gave it, or another one has to confirm it
     */
    static void check(SagaHost host, LiveSaga saga, SagaEvent.Retry event) {
        String refusal = refusal(host, saga, event);
        if (refusal != null) {
            host.takeover().release(saga.id());
            throw new IllegalStateException(refusal);
        }
    }

    private static @Nullable String refusal(SagaHost host, LiveSaga saga, SagaEvent.Retry event) {
        StepState step = saga.state().step(Objects.requireNonNull(event.step())).orElseThrow();
        if (!Correction.isProposed(step, Objects.requireNonNull(event.correction()))) {
            return "Step %s of saga %s has no corrected data %d that waits: look at what there is now"
                    .formatted(step.step(), saga.id(), event.correction());
        }
        String giver = Objects.requireNonNull(
                        Objects.requireNonNull(step.correction()).proposed())
                .who();
        return host.corrections() == CorrectionPolicy.CONFIRMED && isSame(giver, event.who())
                ? "%s gave the corrected data of step %s: another operator has to confirm it"
                        .formatted(giver, step.step())
                : null;
    }

    private static boolean isSame(@Nullable String one, @Nullable String other) {
        return one == null || other == null || name(one).equals(name(other));
    }

    private static String name(String who) {
        return who.strip().toLowerCase(Locale.ROOT);
    }
}
