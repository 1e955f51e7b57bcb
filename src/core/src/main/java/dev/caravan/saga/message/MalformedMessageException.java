package dev.caravan.saga.message;

import dev.caravan.saga.Printable;

/** A record that cannot be read. Its text says which field is wrong and what was expected, without what is not {@link Printable}; it goes to the dead letters. */
public class MalformedMessageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public MalformedMessageException(String message, Throwable cause) {
        super(Printable.of(message), cause);
    }
}
