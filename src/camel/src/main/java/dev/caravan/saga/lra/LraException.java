package dev.caravan.saga.lra;

import org.jspecify.annotations.Nullable;

/**
 * The coordinator refused, could not be reached, or answered what the protocol does not know. The text has the LRA, the
 * HTTP status and the body.
 */
public class LraException extends Exception {

    private static final long serialVersionUID = 1L;

    private final int status;

    LraException(String message, int status) {
        super(message);
        this.status = status;
    }

    LraException(String message, @Nullable Throwable cause) {
        super(message, cause);
        this.status = 0;
    }

    /** The HTTP status; 0 when there was no answer. */
    public int status() {
        return status;
    }

    /** The LRA has ended, or never was: 404 or 410. */
    public boolean isGone() {
        return status == 404 || status == 410;
    }

    /** The LRA is ending, and it is too late for what was asked: 412. */
    public boolean isTooLate() {
        return status == 412;
    }
}
