package dev.caravan.embeddedkafka;

import org.apache.kafka.common.utils.Exit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka's fault handlers end the JVM. While a broker starts, that becomes an exception, since nothing depends on the
 * broker yet; once it runs, a fatal fault (a full or lost disk) still ends the process, and says so: an application
 * that went on without its broker would only look alive.
 */
final class HaltGuard {

    private static final Logger LOGGER = LoggerFactory.getLogger(EmbeddedKafka.class);

    private HaltGuard() {}

    /** Kafka gave up while it started; it has logged why. */
    static final class HaltedException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        HaltedException(int status, String message) {
            super("Kafka wanted to end the process with status " + status + (message == null ? "" : ": " + message));
        }
    }

    interface Start {
        void run() throws Exception;
    }

    /** One start at a time: the procedures are static in Kafka. */
    static synchronized void during(Start start) throws Exception {
        Exit.setHaltProcedure(HaltGuard::refuse);
        Exit.setExitProcedure(HaltGuard::refuse);
        try {
            start.run();
        } finally {
            Exit.setHaltProcedure(HaltGuard::halt);
            Exit.setExitProcedure(HaltGuard::halt);
        }
    }

    private static void refuse(int status, String message) {
        throw new HaltedException(status, message);
    }

    private static void halt(int status, String message) {
        LOGGER.error(
                "The embedded Kafka broker met a fatal fault and ends this process (status {}{}): look at the errors"
                        + " above, check the disk of its data directory, then start again",
                status,
                message == null ? "" : ", " + message);
        Runtime.getRuntime().halt(status);
    }
}
