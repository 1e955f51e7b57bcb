package dev.caravan.saga.engine;

/** A route that is run again takes another path than the log says. The message is the difference, in words. */
public final class OtherPathException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    OtherPathException(String difference) {
        super(difference, null, false, false);
    }
}
