package dev.caravan.saga.camel;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.camel.StartedSaga.Acceptance;
import dev.caravan.saga.engine.Begun;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.NoPartitionException;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.support.ExchangeHelper;
import org.jspecify.annotations.Nullable;

/** Writes down how a saga starts: with what message, in which route. */
public final class SagaStart {

    private SagaStart() {}

    /** The saga that this exchange goes on with, if its route is run again; asked by the route's first saga only. */
    public static Optional<LiveSaga> resumed(Exchange exchange) {
        SagaContext context = SagaContext.of(exchange);
        LiveSaga saga = context.resumed();
        if (saga != null) {
            context.resuming(null).on(exchange);
            SagaContext.bind(exchange, saga);
        }
        return Optional.ofNullable(saga);
    }

    /**
     * Waits until this instance owns a partition; fails, with nothing started, if that takes longer than the timeout, or
     * if the instance stops.
     */
    public static CompletableFuture<Void> whenReady(SagaHost host, Duration timeout) {
        return host.timers()
                .await(host.ownership().ready(), timeout)
                .thenCompose(inTime -> inTime
                        ? host.ownership().ready()
                        : CompletableFuture.failedFuture(new NoPartitionException(
                                "Sagas cannot start here now: Kafka has assigned no partition of the saga log to this instance"
                                        + " within %d ms. Try again, or ask another instance"
                                                .formatted(timeout.toMillis()))));
    }

    /**
     * @param coordinator who decides how it ends; {@code null}: the log
     * @param message the exchange's, as the route gets it after a crash
     * @param parent the saga in whose route it begins; {@code null}: none
     * @return completes when START is durable; who waits for the acceptance of the saga is told then
     */
    public static CompletableFuture<LiveSaga> start(
            SagaHost host,
            SagaId sagaId,
            @Nullable String coordinator,
            Exchange exchange,
            KeptMessage message,
            @Nullable SagaId parent) {
        return Failures.called(() -> host.start(
                        sagaId,
                        event(host, coordinator, StartKeyOf.declared(exchange), exchange, message, parent, null)))
                .thenApply(saga -> begun(exchange, saga));
    }

    /**
     * START of a saga that begins in this exchange, or later.
     *
     * @param at when it is to begin; {@code null}: now
     */
    static SagaEvent.Start event(
            SagaHost host,
            @Nullable String coordinator,
            @Nullable String key,
            Exchange exchange,
            KeptMessage message,
            @Nullable SagaId parent,
            @Nullable Instant at) {
        Route route = ExchangeHelper.getRoute(exchange);
        return new SagaEvent.Start(
                route == null ? exchange.getFromRouteId() : RouteVersions.nameOf(route),
                coordinator,
                key,
                message.body(),
                message.headers(),
                host.application(),
                route == null ? null : RouteVersions.version(route),
                message.kept(),
                parent,
                RouteShapes.of(exchange.getContext()).of(route),
                SagaAttributes.of(exchange),
                at);
    }

    /** The exchange goes on in the saga that it has begun; who waits for the acceptance is told. */
    static LiveSaga begun(Exchange exchange, LiveSaga saga) {
        SagaContext.bind(exchange, saga);
        accepted(exchange, Acceptance.of(saga));
        return saga;
    }

    /**
     * The saga that the exchange asked for runs elsewhere, or did; who waits for the acceptance is told.
     *
     * @return false: nobody does, the exchange itself waits for the saga
     */
    static boolean repeated(Exchange exchange, Begun saga, Supplier<CompletableFuture<SagaState>> ended) {
        return accepted(exchange, new Acceptance(saga, ended));
    }

    /** Whether somebody waits for an exchange whose saga has not started; who is told of its acceptance waits for the saga. */
    static Passivation.Waiter waiter(Exchange exchange) {
        return SagaContext.of(exchange).accepted() == null ? Passivation.Waiter.SOMEBODY : Passivation.Waiter.NOBODY;
    }

    private static boolean accepted(Exchange exchange, Acceptance saga) {
        CompletableFuture<Acceptance> accepted = SagaContext.of(exchange).accepted();
        if (accepted == null) {
            return false;
        }
        SagaContext.of(exchange).accepting(null).on(exchange);
        return accepted.complete(saga);
    }
}
