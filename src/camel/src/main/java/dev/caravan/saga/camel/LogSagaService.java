package dev.caravan.saga.camel;

import dev.caravan.saga.engine.SagaHost;
import java.time.Duration;
import org.apache.camel.CamelContext;

/**
 * Mode {@code log}: the Saga EIP with no coordinator but the saga log. How a saga ends is decided by the first decision
 * in the log; it is acted on when it was read back.
 */
public final class LogSagaService extends CaravanSagaService {

    /**
     * @param startTimeout how long a saga waits to be started until this instance owns a partition
     * @param branchTimeout how long the end of a saga waits for branches that still work
     * @param maxWaitingExchanges how many exchanges wait for a reply in memory; the routes of others are run again from the
     *     log. 0: any number may wait
     */
    public LogSagaService(
            CamelContext context,
            SagaHost host,
            StepCallbacks callbacks,
            Duration startTimeout,
            Duration branchTimeout,
            int maxWaitingExchanges) {
        this(
                context,
                host,
                callbacks,
                startTimeout,
                branchTimeout,
                maxWaitingExchanges,
                new SagaIds(sagaId -> host.ownership().owns(sagaId)));
    }

    /** With ids from elsewhere, so that a test may run again as it ran. */
    LogSagaService(
            CamelContext context,
            SagaHost host,
            StepCallbacks callbacks,
            Duration startTimeout,
            Duration branchTimeout,
            int maxWaitingExchanges,
            SagaIds ids) {
        super(
                context,
                host,
                new LogDecider(host, callbacks, ids, startTimeout, branchTimeout),
                callbacks.backoff(),
                maxWaitingExchanges);
    }
}
