package dev.caravan.saga.camel;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** What is behind the wrappers of futures. */
public final class Failures {

    private Failures() {}

    public static Throwable cause(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** A text for the log: the message, or the kind of exception when it has none. */
    public static String text(Throwable failure) {
        Throwable cause = cause(failure);
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
