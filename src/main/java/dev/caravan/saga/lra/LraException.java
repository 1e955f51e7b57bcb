package dev.caravan.saga.lra;

/** The coordinator refused, or answered what the protocol does not know. The text has the LRA, the status and the body. */
public class LraException extends Exception {

    private static final long serialVersionUID = 1L;

    LraException(String message) {
        super(message);
    }
}
