package dev.caravan.saga.camel;

import dev.caravan.saga.Printable;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.engine.SagaLogger;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.time.Backoff;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;

/**
 * What becomes of a saga that is past its pivot when its route goes wrong: it is not undone, its route is run again,
 * later and later, until it ends well. When the attempts of a compensation would be used up, a warning calls for a person.
 */
final class ForwardRuns {

    private static final Logger LOGGER = SagaLogger.of(ForwardRuns.class);

    private final SagaHost host;
    private final RouteReplay replay;
    private final Backoff backoff;
    private final Map<LiveSaga, Integer> attempts = new ConcurrentHashMap<>();

    ForwardRuns(SagaHost host, RouteReplay replay, Backoff backoff) {
        this.host = host;
        this.replay = replay;
        this.backoff = backoff;
    }

    /** True when the saga runs, and nothing of it is undone any more. */
    static boolean isOnlyWay(LiveSaga saga) {
        SagaState state = saga.state();
        return state.status() == SagaStatus.EXECUTING && state.passedPivot();
    }

    /** @return completes when the saga has ended; fails when it goes on elsewhere */
    CompletableFuture<SagaState> again(LiveSaga saga, String error) {
        int attempt = attempts.merge(saga, 1, Integer::sum);
        if (attempt == 1) {
            saga.ended().whenComplete((ended, moved) -> attempts.remove(saga));
        }
        if (backoff.isUsedUp(attempt)) {
            LOGGER.warn(
                    "Saga {} is past its pivot and needs a person: attempt {} failed: {}",
                    saga,
                    attempt,
                    Printable.of(error));
        } else {
            LOGGER.info("Saga {} is past its pivot and goes forward again: {}", saga, Printable.of(error));
        }
        saga.append(new SagaEvent.ForwardRetry(attempt, error));
        host.timers().schedule(backoff.delayAfter(attempt), () -> {
            if (!saga.isGone() && isOnlyWay(saga)) {
                replay.again(saga);
            }
        });
        return saga.ended();
    }
}
