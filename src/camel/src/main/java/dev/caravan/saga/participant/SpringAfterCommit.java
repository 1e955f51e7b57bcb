package dev.caravan.saga.participant;

import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** By Spring's synchronization. Cannot be made where Spring's transactions are not on the class path. */
public final class SpringAfterCommit implements AfterCommit {

    /** For the {@link java.util.ServiceLoader}. */
    public SpringAfterCommit() {
        TransactionSynchronizationManager.isSynchronizationActive();
    }

    @Override
    public boolean run(Runnable then, Runnable otherwise) {
        if (!TransactionSynchronizationManager.isSynchronizationActive()
                || !TransactionSynchronizationManager.isActualTransactionActive()) {
            return false;
        }
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                then.run();
            }

            @Override
            public void afterCompletion(int status) {
                if (status != STATUS_COMMITTED) {
                    otherwise.run();
                }
            }
        });
        return true;
    }
}
