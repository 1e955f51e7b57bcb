package dev.caravan.saga.engine;

import dev.caravan.saga.Printable;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.state.Begin;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.time.Backoff;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * Sagas that were accepted and have not begun: they begin at a time, and not before somebody can decide how they end. START
 * says so, and is carried forward as that of any saga; in memory is a timer of each. A saga has begun when BEGIN is in the
 * log, and its route is run then. After a crash, who takes the saga over waits for what is left of the time; what became due
 * meanwhile begins as soon as there is {@linkplain Intake room}. A saga that was cancelled in time never begins. Thread-safe.
 */
public final class ScheduledStarts {

    private static final Logger LOGGER = SagaLogger.of(ScheduledStarts.class);
    private static final Backoff AGAIN = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30), 0);

    private final SagaHost host;
    private final DueStarts due;

    ScheduledStarts(SagaHost host, Intake intake) {
        this.host = host;
        this.due = new DueStarts(host, intake, this::begin);
    }

    /** Has a saga run by this instance: now, or when it is to begin. */
    void run(LiveSaga saga, Consumer<LiveSaga> route) {
        if (saga.state().isScheduled()) {
            watch(saga);
        } else {
            route.accept(saga);
        }
    }

    /** Who decides how the saga ends hears of it, or will when it begins. */
    CompletableFuture<SagaEvent.Start> open(SagaId sagaId, SagaEvent.Start start) {
        return start.at() == null
                ? host.recovery().opened(sagaId, start).exceptionallyCompose(failure -> keep(start, failure))
                : CompletableFuture.completedFuture(start);
    }

    /** True for a start that failed and is to be kept: the saga is accepted, and begins when it can. */
    public boolean keeps(Throwable failure) {
        return host.recovery().keepsStart(Causes.of(failure));
    }

    private CompletableFuture<SagaEvent.Start> keep(SagaEvent.Start start, Throwable failure) {
        return keeps(failure)
                ? CompletableFuture.completedFuture(Begin.later(start, host.now()))
                : CompletableFuture.failedFuture(failure);
    }

    /** Begins a saga when it is to. */
    public void watch(LiveSaga saga) {
        Instant at = saga.state().started().at();
        if (at == null) {
            return;
        }
        Duration left = Duration.between(host.now(), at);
        if (left.isNegative() || left.isZero()) {
            isDue(saga, 1);
        } else {
            SagaTimers.later(saga, host.timers(), left, () -> watch(saga));
        }
    }

    private void isDue(LiveSaga saga, int attempt) {
        host.executor().execute(() -> due.add(new DueStarts.Due(saga, attempt)));
    }

    private CompletableFuture<Boolean> begin(DueStarts.Due next) {
        LiveSaga saga = next.saga();
        return CompletableFuture.completedFuture(saga.state().started())
                .thenCompose(start -> host.recovery().opened(saga.id(), start))
                .thenCompose(opened -> begin(saga, opened))
                .whenComplete((begun, failure) -> {
                    if (failure != null) {
                        again(saga, next.attempt(), failure);
                    }
                });
    }

    /** @return false: it was cancelled while its coordinator was asked, or goes on elsewhere */
    private CompletableFuture<Boolean> begin(LiveSaga saga, SagaEvent.Start opened) {
        CompletableFuture<Void> written;
        synchronized (saga) {
            if (saga.isGone() || !saga.state().isScheduled()) {
                host.recovery().notBegun(opened);
                return CompletableFuture.completedFuture(false);
            }
            written = saga.decide(new Begin(opened.coordinator()));
        }
        return written.thenApply(durable -> {
            host.recovery().begun(saga);
            return true;
        });
    }

    private void again(LiveSaga saga, int attempt, Throwable failure) {
        if (saga.isGone() || !saga.state().isScheduled()) {
            return;
        }
        Duration delay = AGAIN.delayAfter(attempt);
        LOGGER.atLevel(attempt == 1 ? Level.WARN : Level.DEBUG)
                .log(
                        "Saga {} {} cannot begin yet, and is tried again in {} ms and later: {}",
                        Printable.of(saga.state().name()),
                        saga,
                        delay.toMillis(),
                        Printable.of(Causes.of(failure)));
        SagaTimers.later(saga, host.timers(), delay, () -> isDue(saga, attempt + 1));
    }
}
