package dev.caravan.saga.participant;

import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** What follows the commit of the transaction that is open on this thread. Only where Spring's are on the class path. */
public final class AfterCommit {

    private AfterCommit() {}

    /** Never, if it is rolled back, or if no transaction is open on this thread. */
    public static void run(Runnable then) {
        if (TransactionSynchronizationManager.isSynchronizationActive()
                && TransactionSynchronizationManager.isActualTransactionActive()) {
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void afterCommit() {
                    then.run();
                }
            });
        }
    }
}
