package dev.caravan.saga.participant;

import dev.caravan.saga.message.SagaReply;
import org.jspecify.annotations.Nullable;

/**
 * What an inbox holds of a step.
 *
 * @param state {@code NOTHING}, {@code AT_WORK}, {@code STARTED} (an action with effects elsewhere broke off, and may have
 *     taken effect), {@code DONE}, {@code REJECTED}, {@code BARRED} (a compensation came first), {@code COMPENSATING}, {@code
 *     COMPENSATED}, {@code COMPLETED}, or {@code NOT_KEPT}: the inbox cannot tell
 * @param command of the action; {@code null}: none was seen
 * @param reply to the action; {@code null}: it has none yet
 * @param ending the compensation or completion that was seen last; {@code null}: none
 */
public record Held(
        String state,
        @Nullable String command,
        @Nullable SagaReply reply,
        @Nullable String ending) {

    /** No command of the step is recorded; one may be at work whose transaction has not ended. */
    public static final Held NOTHING = new Held("NOTHING", null, null, null);

    /** Of an inbox that keeps nothing, or that cannot be asked. */
    public static final Held NOT_KEPT = new Held("NOT_KEPT", null, null, null);
}
