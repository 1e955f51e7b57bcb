package dev.caravan.saga.participant;

import java.util.concurrent.Callable;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Commits what works, rolls back what throws, whatever it throws. */
final class Transactions {

    private final PlatformTransactionManager manager;

    Transactions(PlatformTransactionManager manager) {
        this.manager = manager;
    }

    /** @throws IllegalStateException the caller is in a transaction, which would outlive what is decided in ours */
    void refuseOuter(String command) {
        if (TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException(
                    "%s is refused: the inbox begins and ends its own transactions. Call it outside of any transaction"
                            .formatted(command));
        }
    }

    <T> T call(Callable<T> work) throws Exception {
        TransactionStatus status = manager.getTransaction(TransactionDefinition.withDefaults());
        T result;
        try {
            result = work.call();
        } catch (Throwable failure) {
            rollBack(status, failure);
            throw failure;
        }
        manager.commit(status);
        return result;
    }

    /** Like {@link #call}, and once more when the row was taken: by then it can be locked. */
    <T> T callAgainIfTaken(Callable<T> work) throws Exception {
        try {
            return call(work);
        } catch (RowTakenException e) {
            return call(work);
        }
    }

    private void rollBack(TransactionStatus status, Throwable failure) {
        try {
            manager.rollback(status);
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }
}
