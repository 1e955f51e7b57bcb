package dev.caravan.saga.camel;

import dev.caravan.saga.Step;
import dev.caravan.saga.engine.OpenSteps.Open;
import dev.caravan.saga.message.Phase;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where an exchange is; behind a block, it is where it was before.
 *
 * @param step of the block, or of the compensation or completion; {@code null}: none
 * @param block the innermost; {@code null}: none
 * @param open what ends with the block of the step; {@code null}: none
 * @param longRunningAction what the header of that name says, also when a route has removed it; {@code null}: none
 * @param division how the message was divided last; {@code null}: it was not
 */
record SagaPlace(
        @Nullable Step step,
        Phase phase,
        @Nullable BlockRun block,
        @Nullable Open open,
        @Nullable String longRunningAction,
        @Nullable Division division) {

    static final SagaPlace NONE = new SagaPlace(null, Phase.ACTION, null, null, null, null);

    boolean isInSagaOf(SagaPlace other) {
        return Objects.equals(longRunningAction, other.longRunningAction);
    }

    /** In this step of the same block. */
    SagaPlace in(Step now, Phase of) {
        return new SagaPlace(now, of, block, open, longRunningAction, division);
    }
}
