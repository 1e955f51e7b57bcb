package dev.caravan.saga.participant;

import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;

/**
 * Lets each command of a saga take effect once, whatever Kafka, a crash or an impatient saga repeats.
 *
 * <p>It remembers one row per (saga, step):
 *
 * <ul>
 *   <li>a duplicate gets the recorded reply;
 *   <li>a compensation that comes before its action is recorded as empty and answered SUCCESS, and the action that
 *       comes later is refused;
 *   <li>a compensation of a rejected action does nothing and is answered SUCCESS.
 * </ul>
 *
 * <p>The call blocks for as long as the action takes. It is safe under concurrent calls for the same step from any
 * number of instances: one of them runs the action.
 */
public interface Inbox {

    /**
     * Runs the action unless its outcome is already known, and says what to reply.
     *
     * @param effect where the action's effects are; see {@link Effect}
     * @throws Exception the action's technical trouble. Nothing was recorded as done: the same command may be handled
     *     again.
     */
    SagaReply handle(SagaCommand command, Effect effect, StepAction action) throws Exception;

    /** Where an action's effects are. */
    enum Effect {
        /**
         * In the same database as the inbox: action and inbox row are one local transaction. A crash leaves neither,
         * and a compensation without a row has nothing to undo.
         */
        LOCAL,
        /**
         * Also somewhere else (a payment gateway): the inbox first commits that the step has begun, runs the action
         * outside of any transaction of its own, then commits the reply. After a crash the action runs again, and a
         * compensation of a begun step does run: both must be idempotent there, by a key made of saga and step.
         */
        EXTERNAL
    }
}
