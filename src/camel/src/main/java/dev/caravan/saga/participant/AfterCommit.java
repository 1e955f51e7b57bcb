package dev.caravan.saga.participant;

import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** What follows the commit of the transaction that is open on this thread. */
public interface AfterCommit {

    /** Never, if it is rolled back, or if no transaction is open on this thread. */
    void run(Runnable then);

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
