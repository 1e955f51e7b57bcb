package dev.caravan.saga.participant;

import dev.caravan.saga.message.SagaReply;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Does steps in one transaction, those that nothing is known of: one round trip for all their rows, each action, one
 * round trip for all their replies, one commit. As with a single action, the rows are inserted first, and are the locks.
 */
final class ActionsTogether {

    private final InboxRows rows;
    private final Transactions transactions;

    ActionsTogether(InboxRows rows, Transactions transactions) {
        this.rows = rows;
        this.transactions = transactions;
    }

    List<Optional<SagaReply>> handle(List<BatchedAction> actions) throws Exception {
        List<InboxRow> fresh = actions.stream()
                .map(action -> InboxRow.started(action.command()))
                .toList();
        return transactions.call(() -> {
            List<Boolean> inserted = rows.insertAll(fresh);
            List<Optional<SagaReply>> replies = new ArrayList<>();
            List<InboxRow> done = new ArrayList<>();
            for (int i = 0; i < actions.size(); i++) {
                Optional<SagaReply> reply = Optional.empty();
                if (inserted.get(i)) {
                    reply = Optional.of(actions.get(i).work().call());
                    done.add(fresh.get(i).answered(InboxState.DONE, reply.get()));
                }
                replies.add(reply);
            }
            if (!done.isEmpty()) {
                rows.updateAll(done);
            }
            return replies;
        });
    }
}
