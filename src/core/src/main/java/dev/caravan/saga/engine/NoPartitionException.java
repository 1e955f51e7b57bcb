package dev.caravan.saga.engine;

/** A saga cannot start in this instance now: its partition is another's. Nothing was started; another instance can. */
public final class NoPartitionException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    public NoPartitionException(String message) {
        super(message);
    }
}
