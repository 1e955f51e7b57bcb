package dev.caravan.saga.spring;

import dev.caravan.saga.Printable;
import dev.caravan.saga.participant.InboxRetention;
import dev.caravan.saga.time.Timers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Forgets old inbox rows from time to time, on a thread that may block. What goes wrong is tried again the next time. */
final class InboxHousekeeping {

    private static final Logger LOGGER = LoggerFactory.getLogger(InboxHousekeeping.class);
    private static final Duration INTERVAL = Duration.ofHours(1);
    private static final int BATCH = 1000;

    private final Timers timers;
    private final Executor workers;
    private final List<InboxRetention> inboxes;
    private final Duration keep;

    InboxHousekeeping(Timers timers, Executor workers, List<InboxRetention> inboxes, Duration keep) {
        this.timers = timers;
        this.workers = workers;
        this.inboxes = new CopyOnWriteArrayList<>(inboxes);
        this.keep = keep;
    }

    /** From the next time on. */
    void add(InboxRetention inbox) {
        inboxes.add(inbox);
    }

    void start() {
        timers.schedule(INTERVAL, () -> workers.execute(this::clean));
    }

    private void clean() {
        for (InboxRetention inbox : inboxes) {
            try {
                LOGGER.debug("Forgot {} inbox rows", inbox.removeOlderThan(keep, BATCH));
            } catch (RuntimeException e) {
                LOGGER.warn(
                        "Old inbox rows were not removed, next try in {} min: {}",
                        INTERVAL.toMinutes(),
                        Printable.of(e));
            }
        }
        start();
    }
}
