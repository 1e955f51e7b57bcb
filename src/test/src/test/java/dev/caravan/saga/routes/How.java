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
    IS_LATE;

    /** Of a command. */
    public Action action() {
        return Action.valueOf(name());
    }

    boolean isOfCommandsOnly() {
        return this == IS_SILENT || this == IS_LATE;
    }
}
