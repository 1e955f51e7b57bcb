package dev.caravan.saga.camel;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.message.Phase;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;

/**
 * Which run of a saga's route an exchange belongs to. A saga that moved away and came back has its route run again; what
 * the run before it still does must not be taken for a part of that.
 */
public final class SagaRun {

    private SagaRun() {}

    /** The exchange, and those that come of it, belong to this run. */
    static void bind(Exchange exchange, LiveSaga saga) {
        Stream<PresentRun> others =
                runs(exchange).stream().filter(run -> !run.saga().id().equals(saga.id()));
        PresentRun present = new PresentRun(saga, exchange.getFromRouteId());
        exchange.setProperty(
                SagaConstants.RUN_PROPERTY,
                Stream.concat(others, Stream.of(present)).toList());
    }

    /** The run of the innermost saga that the exchange is in; empty: that saga is not run by this exchange. */
    static Optional<PresentRun> current(Exchange exchange) {
        return LongRunningAction.of(exchange)
                .filter(action -> SagaId.isValid(LongRunningAction.lastOf(action)))
                .map(action -> present(exchange, LongRunningAction.sagaOf(exchange, action)));
    }

    /** The saga, if the exchange goes through the route of one that has ended, since that of its parent is run again. */
    public static Optional<LiveSaga> ended(Exchange exchange, SagaId sagaId) {
        return Optional.ofNullable(present(exchange, sagaId))
                .filter(PresentRun::hasEnded)
                .map(PresentRun::saga);
    }

    /** @throws IllegalStateException the exchange belongs to a run that is over */
    static void check(Exchange exchange, LiveSaga saga) {
        LiveSaga run = run(exchange, saga.id());
        if (run != null && run != saga) {
            throw new IllegalStateException(
                    "Saga %s moved away and came back: its route runs again, and this run is over"
                            .formatted(saga.id()));
        }
    }

    /** The saga that the exchange is in, if it is of that saga's own route. */
    static Optional<LiveSaga> of(Exchange exchange) {
        return LongRunningAction.of(exchange)
                .flatMap(action -> Optional.ofNullable(run(exchange, LongRunningAction.sagaOf(exchange, action))));
    }

    /** True for an exchange of the saga's own route, false for one that an event from outside made. */
    public static boolean isPart(Exchange exchange, SagaId sagaId) {
        return run(exchange, sagaId) != null;
    }

    /** True for an exchange that belongs to this run, and to none of another saga. */
    static boolean isOnlyRun(Exchange exchange, LiveSaga saga) {
        return runs(exchange).size() == 1 && run(exchange, saga.id()) == saga;
    }

    /** @throws IllegalStateException the exchange belongs to a run, and the saga does not run here any more */
    static void refuseOld(Exchange exchange, SagaId sagaId) {
        if (isPart(exchange, sagaId)) {
            throw new IllegalStateException(
                    "Saga %s has ended, or moved away: this run of its route is over".formatted(sagaId));
        }
    }

    /**
     * Whether a compensation or completion of the saga asks for an end of that saga. Its own end is under way, so that it is
     * asked for nothing; the other one cannot be any more. Neither is waited for: the saga waits for this exchange.
     *
     * @param asked COMPENSATION or COMPLETION
     * @return what to answer; empty for any other exchange
     */
    public static Optional<CompletableFuture<Void>> ofCallback(Exchange exchange, LiveSaga saga, Phase asked) {
        Phase phase = Steps.phaseOf(exchange);
        if (phase == Phase.ACTION || !isPart(exchange, saga.id())) {
            return Optional.empty();
        }
        return Optional.of(
                phase == asked
                        ? CompletableFuture.completedFuture(null)
                        : CompletableFuture.failedFuture(
                                new IllegalStateException("The %s of step %s cannot ask for the %s of its saga %s"
                                        .formatted(phase, Steps.of(exchange), asked, saga.id()))));
    }

    /** The block of a saga that the exchange began in another one has ended by a failure. */
    static void tellParent(Exchange exchange, String longRunningAction, SagaId child, Exception failure) {
        if (SagaId.isValid(LongRunningAction.lastOf(longRunningAction))) {
            PresentRun parent = present(exchange, LongRunningAction.sagaOf(exchange, longRunningAction));
            if (parent != null && isPart(exchange, child)) {
                parent.brokeOff(child, failure);
            }
        }
    }

    /** The route of the saga has failed, and is to be run again: what it began and what failed with it is begun anew. */
    static void leaveBehind(Exchange exchange, LiveSaga saga) {
        Exception caught = exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, Exception.class);
        saga.recorded()
                .leaveBehind(present(exchange, saga.id())
                        .brokenBy(Failures.met(exchange).orElse(null), caught));
    }

    /** Tells the exchange how the saga ended, if it has. */
    public static void tell(Exchange exchange, LiveSaga saga) {
        SagaStatus status = saga.state().status();
        if (status.isTerminal()) {
            exchange.setProperty(SagaConstants.SAGA_STATUS, status.name());
        }
    }

    private static LiveSaga run(Exchange exchange, SagaId sagaId) {
        PresentRun present = present(exchange, sagaId);
        return present == null ? null : present.saga();
    }

    /** {@code null}: the exchange belongs to no run of the saga */
    static PresentRun present(Exchange exchange, SagaId sagaId) {
        for (PresentRun run : runs(exchange)) {
            if (run.saga().id().equals(sagaId)) {
                return run;
            }
        }
        return null;
    }

    @SuppressWarnings("unchecked")
    private static List<PresentRun> runs(Exchange exchange) {
        List<PresentRun> runs = (List<PresentRun>) exchange.getProperty(SagaConstants.RUN_PROPERTY);
        return runs == null ? List.of() : runs;
    }
}
