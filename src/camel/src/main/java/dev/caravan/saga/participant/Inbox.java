package dev.caravan.saga.participant;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;

/**
 * Lets each command of a saga take effect once, whatever Kafka, a crash or an impatient saga repeats.
 *
 * <p>It remembers each command of a step (saga, step, command), and what a compensation bars is the step with all of them:
 *
 * <ul>
 *   <li>a duplicate gets the recorded reply;
 *   <li>a compensation that comes before its action is recorded as empty and answered SUCCESS, and the action that
 *       comes later is refused with the code {@value #ALREADY_COMPENSATED};
 *   <li>a compensation of a rejected action does nothing and is answered SUCCESS;
 *   <li>a compensation or completion that says no ({@link StepRejectedException}) is answered FAILED and not recorded:
 *       it may be asked again;
 *   <li>a completion is for a step that took effect, and an error for any other.
 * </ul>
 *
 * <p>The call blocks for as long as the action takes, and the action runs on the calling thread. It is safe under
 * concurrent calls for the same step from any number of instances: the others wait or are told to come again, and one
 * of them runs the action (of {@link Effect#EXTERNAL} what is said there).
 */
public interface Inbox {

    /** The code of the FAILED reply to an action whose compensation came before it. */
    String ALREADY_COMPENSATED = "ALREADY_COMPENSATED";

    /** The code of the FAILED reply to a completion of what was never done, or was undone. */
    String NOT_DONE = "NOT_DONE";

    /**
     * Runs the action unless its outcome is already known, and says what to reply.
     *
     * @param command its phase says what the action is: the step itself, its compensation or its completion
     * @param effect where the action's effects are; see {@link Effect}. A step and its compensation may differ in it.
     * @throws Exception the action's technical trouble, or the inbox's own. Nothing was recorded as done: the same
     *     command may be handled again.
     */
    SagaReply handle(SagaCommand command, Effect effect, StepAction action) throws Exception;

    /**
     * What is held of a step, without changing anything and without waiting for who works on it. Blocks for a query.
     *
     * @throws Exception it cannot be read now
     */
    default Held held(SagaId sagaId, Step step) throws Exception {
        return Held.NOT_KEPT;
    }

    /**
     * From now on, the listener hears of duplicates, late actions, empty compensations and rejections. An inbox that
     * remembers nothing knows of rejections only.
     */
    void setListener(ParticipantListener listener);

    /** Where an action's effects are. */
    enum Effect {
        /**
         * In the same database as the inbox: action and inbox row are one local transaction. A crash leaves neither,
         * and a compensation without a row has nothing to undo.
         */
        LOCAL,
        /**
         * Also somewhere else (a payment gateway): the inbox first commits that the step has begun, runs the action
         * outside of any transaction of its own, then commits the reply. After a crash the action runs again, a
         * duplicate may run beside it, and a compensation of a begun step does run: all must be idempotent there, by a
         * key made of saga and step. A compensation does not run beside the action, though: while the action may be at
         * work the compensation is refused as technical trouble, and once it has begun the action is refused.
         */
        EXTERNAL
    }
}
