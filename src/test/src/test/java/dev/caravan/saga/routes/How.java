package dev.caravan.saga.routes;

import dev.caravan.saga.test.SimulatedParticipants.Action;
import java.util.List;
import java.util.stream.Stream;

/** How the action of a step goes, the same each time it is tried. */
public enum How {
    SUCCEEDS,
    /** A business no; nothing took effect. */
    IS_REJECTED,
    /** It took effect, and then something broke. */
    IS_UNKNOWN_AND_DONE,
    /** Something broke before it took effect. */
    IS_UNKNOWN_AND_NOT_DONE,
    /** It took effect, and the reply is lost. Of commands only. */
    IS_SILENT,
    /** It took effect, and the reply comes when nobody waits for it any more. Of commands only. */
    IS_LATE,
    /**
     * A command takes effect when nobody waits for it any more; until then its compensation has to wait. A bean takes its
     * time, but not longer than branches are waited for.
     */
    IS_SLOW,
    /** It took effect, and its result is more than the log takes. Of commands only. */
    IS_TOO_LARGE,
    /**
     * Another command of its block, before it, took effect, and that is not known; the block caught it. Of commands in
     * blocks only.
     */
    IS_SECOND,
    /** Something broke before it took effect, and the reason is more than the log takes. Of beans only. */
    IS_WORDY,
    /** It takes effect, and then something breaks, the first time; its route tries it again. Of beans only. */
    FAILS_ONCE;

    /** All but what needs a route that tries again. */
    static final List<How> ANY_TIME =
            Stream.of(values()).filter(how -> how != FAILS_ONCE).toList();

    /** Of a command. */
    public Action action() {
        return switch (this) {
            case IS_TOO_LARGE, IS_SECOND, FAILS_ONCE -> Action.SUCCEEDS;
            case IS_WORDY -> Action.IS_UNKNOWN_AND_NOT_DONE;
            default -> Action.valueOf(name());
        };
    }

    boolean isOfCommandsOnly() {
        return this == IS_SILENT || this == IS_LATE || this == IS_TOO_LARGE || this == IS_SECOND;
    }
}
