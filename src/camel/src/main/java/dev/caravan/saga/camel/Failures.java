package dev.caravan.saga.camel;

import dev.caravan.saga.participant.StepRejectedException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeExtension;
import org.apache.camel.ExchangePropertyKey;

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

    /**
     * Calls, and turns what is thrown into a failed future: Camel's saga processors hang on what is thrown. The future
     * fails with the cause itself, so that the exchange has that and not a wrapper.
     */
    public static <T> CompletableFuture<T> asFuture(Callable<CompletableFuture<T>> call) {
        CompletableFuture<T> future = new CompletableFuture<>();
        try {
            call.call().whenComplete((value, failure) -> {
                if (failure == null) {
                    future.complete(value);
                } else {
                    future.completeExceptionally(cause(failure));
                }
            });
        } catch (Exception e) {
            future.completeExceptionally(e);
        }
        return future;
    }

    /** Calls, and turns what is thrown into a failed future; what fails later may be wrapped. */
    static <T> CompletableFuture<T> called(Callable<CompletableFuture<T>> call) {
        try {
            return call.call();
        } catch (Exception e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * What the route of an exchange met and did not settle itself: what it threw, what an error handler took from it (a
     * dead letter channel, {@code onException} with {@code handled}; Camel takes no further step after that), or why it
     * marked the exchange for rollback. Empty for what {@code doTry} caught and for {@code continued}: that is the
     * author's decision, and the route went on with it.
     *
     * @param exchange that has come to its end
     */
    public static Optional<Exception> met(Exchange exchange) {
        if (exchange.getException() != null) {
            return Optional.of(exchange.getException());
        }
        ExchangeExtension extension = exchange.getExchangeExtension();
        boolean handled = extension.isErrorHandlerHandledSet() && extension.isErrorHandlerHandled();
        if (!handled && !exchange.isRollbackOnly() && !exchange.isRollbackOnlyLast()) {
            return Optional.empty();
        }
        Exception caught = exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, Exception.class);
        return Optional.of(
                caught == null
                        ? new IllegalStateException("The route %s its exchange and took no further step"
                                .formatted(handled ? "handled the failure of" : "marked for rollback"))
                        : caught);
    }

    /** What a program can tell failures apart by: the code with which a participant said no, or the class of the failure. */
    public static String code(Throwable failure) {
        return StepRejectedException.in(failure)
                .map(StepRejectedException::code)
                .orElseGet(() -> cause(failure).getClass().getName());
    }

    /** A text for the log: the message, or the kind of exception when it has none. */
    public static String text(Throwable failure) {
        Throwable cause = cause(failure);
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
