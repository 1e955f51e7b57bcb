package dev.caravan.saga.camel;

import dev.caravan.saga.Printable;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.OtherPathException;
import dev.caravan.saga.engine.SagaLogger;
import dev.caravan.saga.state.SagaEvent;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * What becomes of a saga whose route, run again, takes another path than the log says. It never goes on by guess: it waits
 * for a person, with the difference in the log, or is undone, as the setting says. One past its pivot waits.
 */
public final class OtherPaths {

    private static final Logger LOGGER = SagaLogger.of(OtherPaths.class);
    private static final String SETTING = "caravan.other-path";

    private OtherPaths() {}

    /** What becomes of such a saga. */
    public enum Reaction {
        /** It waits for a person. */
        WAIT,
        /** It is undone. */
        UNDO
    }

    /**
     * The exchange was refused a step, or its end.
     *
     * @return true: the saga waits, and the exchange is at its end without being the saga's; false: the saga is to be undone
     */
    public static boolean waits(Exchange exchange, LiveSaga saga, Throwable failure) {
        if (!(Failures.cause(failure) instanceof OtherPathException) || !isToWait(exchange.getContext(), saga)) {
            return false;
        }
        Passivation.end(exchange);
        await(saga, Failures.text(failure));
        return true;
    }

    /** True when this run of the saga's route has come to its end, though the saga has not. */
    public static boolean isLeft(Exchange exchange, LiveSaga saga) {
        return SagaContext.of(exchange).isPartOf(saga.id())
                && saga.recorded().otherPath().isPresent()
                && isToWait(exchange.getContext(), saga);
    }

    /** Says once in the log for what the saga waits. */
    static void await(LiveSaga saga, String difference) {
        if (difference.equals(saga.state().reason()) || saga.isGone()) {
            return;
        }
        LOGGER.warn(
                "Saga {} {} waits for a person: {}. Deploy the route that it was begun with and restart, or cancel it",
                Printable.of(saga.state().name()),
                saga,
                Printable.of(difference));
        saga.append(new SagaEvent.OtherPath(difference));
    }

    /** @return why the saga cannot complete: its route, run again, did not take a step that the log has */
    static Optional<OtherPathException> atEnd(@Nullable Exchange ending, LiveSaga saga) {
        if (ending == null || !SagaContext.of(ending).isPartOf(saga.id())) {
            return Optional.empty();
        }
        try {
            saga.recorded().endOfRoute();
            return Optional.empty();
        } catch (OtherPathException e) {
            return Optional.of(e);
        }
    }

    /** What is asked of a saga: {@link #waits} is asked where it fails. */
    public static <T> CompletableFuture<T> stopping(
            Exchange exchange, LiveSaga saga, @Nullable T nothing, CompletableFuture<T> asked) {
        return asked.exceptionallyCompose(failure -> waits(exchange, saga, failure)
                ? CompletableFuture.completedFuture(nothing)
                : CompletableFuture.failedFuture(Failures.cause(failure)));
    }

    private static boolean isToWait(CamelContext context, LiveSaga saga) {
        return saga.state().passedPivot() || isToWait(context);
    }

    private static boolean isToWait(CamelContext context) {
        String set = context.getPropertiesComponent().resolveProperty(SETTING).orElse(Defaults.OTHER_PATH);
        return switch (set.strip().toUpperCase(Locale.ROOT)) {
            case "WAIT" -> true;
            case "UNDO" -> false;
            default -> throw new IllegalArgumentException("%s is '%s'. Say wait or undo".formatted(SETTING, set));
        };
    }

    /** @throws IllegalArgumentException the setting is neither wait nor undo */
    static void check(CamelContext context) {
        isToWait(context);
    }
}
