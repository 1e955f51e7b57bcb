package dev.caravan.saga.participant;

import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** What follows the commit of the transaction that is open on this thread. */
public interface AfterCommit {

    /**
     * @param otherwise when it is rolled back, or nobody knows whether it was committed
     * @return false, and neither will be run: no transaction is open on this thread
     */
    boolean run(Runnable then, Runnable otherwise);

    /** Spring's, where it is on the class path. */
    static Optional<AfterCommit> find() {
        try {
            return ServiceLoader.load(AfterCommit.class, AfterCommit.class.getClassLoader())
                    .findFirst();
        } catch (ServiceConfigurationError withoutSpring) {
            return Optional.empty();
        }
    }
}
