package dev.caravan.saga.routes;

import dev.caravan.saga.test.SimulatedParticipants.Action;

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
    /** It takes effect when nobody waits for it any more; until then its compensation has to wait. Of commands only. */
    IS_SLOW,
    /** It took effect, and its result is more than the log takes. Of commands only. */
    IS_TOO_LARGE,
    /**
     * Another command of its block, before it, took effect, and that is not known; the block caught it. Of commands in
     * blocks only.
     */
    IS_SECOND,
    /** Something broke before it took effect, and the reason is more than the log takes. Of beans only. */
    IS_WORDY;

    /** Of a command. */
    public Action action() {
        return switch (this) {
            case IS_TOO_LARGE, IS_SECOND -> Action.SUCCEEDS;
            case IS_WORDY -> Action.IS_UNKNOWN_AND_NOT_DONE;
            default -> Action.valueOf(name());
        };
    }

    boolean isOfCommandsOnly() {
        return this == IS_SILENT || this == IS_LATE || this == IS_SLOW || this == IS_TOO_LARGE || this == IS_SECOND;
    }
}
