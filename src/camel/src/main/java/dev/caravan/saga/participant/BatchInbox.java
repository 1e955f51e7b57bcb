package dev.caravan.saga.participant;

import dev.caravan.saga.message.SagaReply;
import java.util.List;
import java.util.Optional;

/**
 * An inbox that can do actions of different sagas in one transaction, which costs less than one for each. It is asked to
 * only where the participant has a batch size above 1; an inbox that is no more than an {@link Inbox} never is.
 */
public interface BatchInbox extends Inbox {

    /**
     * Does those actions whose step nothing is known of, one after the other on the calling thread, in one transaction.
     * Safe under concurrent calls, of {@link #handle} too, as that is.
     *
     * @param actions with effects that are {@link Inbox.Effect#LOCAL}
     * @return for each of them, in order, its reply, which is recorded as that of {@link #handle} is; or empty: something
     *     is known of the step and nothing was done, so handle this command by itself
     * @throws Exception the first trouble or rejection. No effect of any of them is left, and nothing was recorded:
     *     handle each command by itself. When it is the commit that failed, it may have been done all the same; each
     *     command then meets its row.
     */
    List<Optional<SagaReply>> handleTogether(List<BatchedAction> actions) throws Exception;
}
