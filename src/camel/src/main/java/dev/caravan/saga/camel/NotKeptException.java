package dev.caravan.saga.camel;

/** A saga, or a step, is refused: a value of its message would be another after a crash. The text says what to do. */
public final class NotKeptException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    NotKeptException(String where, String what, String remedy) {
        super("Refused: %s is %s, which would not be the same after a crash. Remedy: %s"
                .formatted(where, what, remedy));
    }
}
