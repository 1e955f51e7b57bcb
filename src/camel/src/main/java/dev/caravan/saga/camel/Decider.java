package dev.caravan.saga.camel;

import dev.caravan.saga.Step;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.saga.CamelSagaStep;

/**
 * Who decides how sagas end: the log, or an LRA coordinator. All else about a saga is the same in both modes, and asks this.
 * Whoever asks second is told what was decided first. Nothing here blocks.
 */
public interface Decider {

    /**
     * Lets a step join.
     *
     * @param startLimit for the block that starts the saga: the time limit with which it was started, in ms; empty for
     *     one that joins it
     * @param enlist writes the time limit and the enlistment down, and says which step it is, if it is one
     */
    CompletableFuture<Void> begin(
            LiveSaga saga,
            CamelSagaStep step,
            OptionalLong startLimit,
            Supplier<CompletableFuture<Optional<Step>>> enlist);

    /**
     * Has the saga completed, once nothing is in doubt any more; it may turn out that it cannot complete, and is undone.
     *
     * @param ending the exchange that asks for it; {@code null}: none
     * @return completes when that is decided; fails when it was decided otherwise
     */
    CompletableFuture<Void> askToComplete(LiveSaga saga, Exchange ending);

    /**
     * Has the saga undone.
     *
     * @param reason FAIL or TIMEOUT
     * @param asking the exchange that asks for it; {@code null}: none. What it has done in an open transaction holds locks:
     *     nothing is waited for that would wait for those
     * @return completes when that is decided; fails when it was decided otherwise
     */
    CompletableFuture<Void> askToCompensate(LiveSaga saga, SagaEvent reason, Exchange asking);

    /**
     * Has the saga undone because it is in doubt whether a step was done before a crash.
     *
     * @return completes when that is decided, or later if nothing of the exchange has to be waited for
     */
    CompletableFuture<Void> undo(LiveSaga saga, SagaEvent reason, Exchange asking);

    /**
     * Like {@link #askToComplete}, to the end.
     *
     * @return completes when the saga has ended, in whatever way; fails when it cannot be ended now
     */
    CompletableFuture<SagaState> complete(LiveSaga saga, Exchange ending);

    /**
     * Like {@link #askToCompensate}, to the end.
     *
     * @return completes when the saga has ended, in whatever way; fails when it cannot be ended now
     */
    CompletableFuture<SagaState> compensate(LiveSaga saga, SagaEvent reason);

    /**
     * Has the saga undone when its deadline passes, if it is EXECUTING then and not past its pivot.
     *
     * @return true when it has passed already: the saga is being undone
     */
    boolean watchDeadline(LiveSaga saga);
}
