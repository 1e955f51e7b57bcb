package dev.caravan.saga.engine;

import java.util.Optional;

/** Says whether one more saga may begin here now. Thread-safe; nothing of it survives a crash. */
@FunctionalInterface
public interface Intake {

    /** Any number may. */
    Intake OPEN = () -> Optional.of(done -> {});

    /** One saga that was taken in. */
    @FunctionalInterface
    interface Place {

        /**
         * To be called when the saga has ended; what comes after the first call does nothing.
         *
         * @param done false: it was not started, or goes on elsewhere
         */
        void leave(boolean done);
    }

    /** Takes one in, if there is room; empty: nothing may begin now, and another one may later. */
    Optional<Place> take();
}
