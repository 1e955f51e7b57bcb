package dev.caravan.saga.engine;

import org.jspecify.annotations.Nullable;

/**
 * A compensation did not come to act, because the action that it undoes is still at work. Nothing changed; it is asked for
 * again, and none of its attempts is used up.
 */
public class CallbackWaitsException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    public CallbackWaitsException(@Nullable String message) {
        super(message);
    }
}
