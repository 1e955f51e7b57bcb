package dev.caravan.saga.participant;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.ConcurrencyFailureException;

/** Somebody else's command for the same step has committed its row first. */
final class RowTakenException extends ConcurrencyFailureException {

    private static final long serialVersionUID = 1L;

    RowTakenException(InboxRow row, @Nullable Throwable cause) {
        super(
                "Step %s of saga %s was begun by a concurrent command. Nothing changed; the command may be handled again"
                        .formatted(row.step(), row.sagaId()),
                cause);
    }
}
