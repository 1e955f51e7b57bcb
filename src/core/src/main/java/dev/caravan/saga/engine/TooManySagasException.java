package dev.caravan.saga.engine;

/** A saga cannot start in this instance now: those that began before keep it busy. Nothing was started. */
public final class TooManySagasException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    public TooManySagasException(String message) {
        super(message);
    }
}
