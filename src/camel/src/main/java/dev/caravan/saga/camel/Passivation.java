package dev.caravan.saga.camel;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.message.SagaReply;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.jspecify.annotations.Nullable;

/**
 * Bounds how many exchanges wait for a reply in memory. Of more, the one that has waited longest is passivated, as Akka and
 * EJB call it: it ends, and the route is run again from the log when there is a reply or the step's time is over. What
 * stands between two steps then runs twice, as after a crash.
 *
 * <p>Only an exchange of the saga's own route that nobody waits for is passivated: one of {@link SagaStarter}, or of a
 * route that is run again; and one that somebody waits for, where it would wait for days. Thread-safe.
 */
final class Passivation {

    private final int limit;
    private final RouteReplay replay;
    private final Executor executor;
    private final Set<CompletableFuture<SagaReply>> waiting = new LinkedHashSet<>();
    private final AtomicLong passivated = new AtomicLong();

    /** @param limit exchanges that wait at the same time, at most; 0: any number */
    Passivation(int limit, RouteReplay replay, Executor executor) {
        this.limit = limit;
        this.replay = replay;
        this.executor = executor;
    }

    /** Whether somebody waits for an exchange. */
    enum Waiter {
        NOBODY,
        SOMEBODY
    }

    /** What an exchange has that may be passivated; copies of it have it, too. */
    record Mark(Exchange exchange, Passivation passivation, Waiter waiter) {}

    /** Ends the exchange of which a command waited, and nothing else. */
    static final class PassivatedException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private PassivatedException() {
            super("The exchange does not wait any more: its route is run again", null, false, false);
        }
    }

    /**
     * The saga's route does not go on behind this exchange.
     *
     * @param waiter with one, the exchange ends only where it would wait for days
     */
    void allow(Exchange exchange, LiveSaga saga, Waiter waiter) {
        Route route = RouteShapes.of(exchange.getContext()).again(saga.state().started());
        if (route != null && route.getRouteId().equals(exchange.getFromRouteId())) {
            SagaContext.of(exchange)
                    .passivatedBy(new Mark(exchange, this, waiter))
                    .on(exchange);
        }
    }

    /**
     * What an exchange waits for that may be passivated.
     *
     * @return completes as the reply does; fails with {@link PassivatedException} when the exchange is not to wait
     */
    static CompletableFuture<SagaReply> await(
            Exchange exchange, LiveSaga saga, Step step, String command, CompletableFuture<SagaReply> reply) {
        return of(exchange, saga, reply)
                .filter(mark -> mark.waiter() == Waiter.NOBODY && mark.passivation().limit > 0)
                .map(mark -> mark.passivation().await(saga, step, command, reply))
                .orElse(reply);
    }

    /** Like {@link #await}, for days: the exchange does not wait at all, if it may be passivated. */
    static CompletableFuture<SagaReply> awaitLong(
            Exchange exchange, LiveSaga saga, Step step, String command, CompletableFuture<SagaReply> reply) {
        return of(exchange, saga, reply)
                .map(mark -> mark.passivation().leave(saga, step, command, reply))
                .orElse(reply);
    }

    private static Optional<Mark> of(Exchange exchange, LiveSaga saga, CompletableFuture<SagaReply> reply) {
        return Optional.ofNullable(SagaContext.of(exchange).mark())
                .filter(mark -> !reply.isDone()
                        && mark.exchange() == exchange
                        && SagaContext.of(exchange).isOnlyOf(saga)
                        && !BlockRun.hasDonePlainWork(exchange));
    }

    private CompletableFuture<SagaReply> leave(
            LiveSaga saga, Step step, String command, CompletableFuture<SagaReply> reply) {
        passivated.incrementAndGet();
        reply.whenComplete((answer, failure) -> goOn(saga, step, command, answer));
        return CompletableFuture.failedFuture(new PassivatedException());
    }

    private CompletableFuture<SagaReply> await(
            LiveSaga saga, Step step, String command, CompletableFuture<SagaReply> reply) {
        CompletableFuture<SagaReply> told = new CompletableFuture<>();
        add(told);
        reply.whenComplete((answer, failure) -> {
            remove(told);
            boolean waits = failure == null ? told.complete(answer) : told.completeExceptionally(failure);
            if (!waits) {
                goOn(saga, step, command, answer);
            }
        });
        return told;
    }

    private void add(CompletableFuture<SagaReply> told) {
        CompletableFuture<SagaReply> oldest;
        synchronized (waiting) {
            waiting.add(told);
            if (waiting.size() <= limit) {
                return;
            }
            Iterator<CompletableFuture<SagaReply>> all = waiting.iterator();
            oldest = all.next();
            all.remove();
        }
        passivated.incrementAndGet();
        executor.execute(() -> oldest.completeExceptionally(new PassivatedException()));
    }

    /** How many exchanges were passivated so far. */
    long count() {
        return passivated.get();
    }

    private void remove(CompletableFuture<SagaReply> told) {
        synchronized (waiting) {
            waiting.remove(told);
        }
    }

    /** @param answer {@code null}: there is none, or it is in the log. The route finds that its time is over, or sends the command again. */
    private void goOn(LiveSaga saga, Step step, String command, @Nullable SagaReply answer) {
        if (saga.isGone() || saga.state().status() != SagaStatus.EXECUTING) {
            return;
        }
        if (answer != null) {
            saga.expect(step, null, command, true).reply().complete(answer);
        }
        replay.again(saga);
    }

    /** The exchange is at its end: no step of its route follows, and its end is not that of the saga. */
    static void end(Exchange exchange) {
        SagaContext.of(exchange).leaving().on(exchange);
        exchange.setRouteStop(true);
    }
}
