package dev.caravan.coordinator;

import com.arjuna.ats.arjuna.common.Uid;
import com.arjuna.ats.arjuna.coordinator.RecordList;
import io.narayana.lra.coordinator.domain.model.LongRunningAction;
import io.narayana.lra.coordinator.domain.service.LRAService;
import io.narayana.lra.coordinator.internal.LRARecoveryModule;
import java.net.URI;
import java.time.Clock;
import org.eclipse.microprofile.lra.annotation.LRAStatus;

/**
 * An LRA as the store has it. It repairs what Narayana's own restoring gets wrong: the order of the participants, the
 * timers that copies arm on their own, and the end of an LRA whose process died between two participants.
 */
final class RestoredLra extends LongRunningAction {

    private static final int OK = 200;

    /** The timer fires this much after the limit, so that the limit has passed by all clocks. Milliseconds. */
    private static final int AFTER_THE_LIMIT = 2;

    private static final ThreadLocal<RestoredLra> REPLAYED = new ThreadLocal<>();

    private final Object ordering = new Object();
    private final boolean present;
    private boolean timersAllowed;
    private boolean ordered;

    RestoredLra(LRAService service, Uid uid) {
        super(service, uid);
        present = activate();
        if (present) {
            order();
        }
    }

    /** Whether the store had a record; it has none if the LRA ended meanwhile. */
    boolean isPresent() {
        return present;
    }

    /** Makes this object the one that requests work on, and arms the time limit if there is one. */
    void takeOver(Clock clock) {
        timersAllowed = true;
        long limit = getLRAData().getFinishTime();
        if (limit > 0 && getLRAStatus() == LRAStatus.Active) {
            setTimeLimit(Math.max(1, limit - clock.millis()) + AFTER_THE_LIMIT, false);
        }
        getLraService().addTransaction(this);
    }

    /**
     * Calls the participants that have not ended, the last enlisted first, and stores the outcome. The caller holds
     * the LRA's lock. A participant may be called that was called before: at least once, never not at all.
     *
     * @return whether nothing is left to do
     */
    boolean replay() {
        REPLAYED.set(this);
        try {
            return goOn();
        } finally {
            REPLAYED.remove();
        }
    }

    /** The LRA on whose behalf this thread calls participants: a copy, if it replays. */
    static LongRunningAction calling(URI id) {
        LongRunningAction replayed = REPLAYED.get();
        return replayed != null && replayed.getId().equals(id)
                ? replayed
                : LRARecoveryModule.getService().lookupTransaction(id);
    }

    private boolean goOn() {
        if (!isTopLevel() && heuristicList.size() == 0 && pendingList.size() == 0) {
            return true; // closed, and kept because its parent may still compensate it
        }
        if (!hasPendingActions()) {
            return settle();
        }
        moveTo(heuristicList, preparedList, false);
        moveTo(pendingList, preparedList, false);
        EnlistmentOrder.restore(preparedList);
        ReverseOrder.forgetTheUnasked(this);
        checkParticipant(preparedList);
        boolean cancelling = isCancel();
        phase2Commit(true);
        runPostLRAActions();
        if (!isFailed() && heuristicList.size() == 0 && failedList.size() == 0) {
            updateState(cancelling ? LRAStatus.Cancelled : LRAStatus.Closed);
        }
        if (isFailed()) {
            deactivate(); // the final status must be in the record before the record moves to the failed ones
        }
        if (hasPendingActions()) {
            return false;
        }
        getLraService().finished(this, false);
        return true;
    }

    /**
     * Counts the participants that have been asked and have not ended as failed, and stores that. Those that waited for
     * one that is given up are to be asked then. The caller holds the LRA's lock.
     *
     * @return whether nobody is left to be asked
     */
    boolean giveUp() {
        if (ReverseOrder.giveUpWhoHoldsOthersUp(this)) {
            deactivate();
            return false;
        }
        if (failedList == null) {
            failedList = new RecordList();
        }
        for (RecordList list : new RecordList[] {pendingList, preparedList, heuristicList}) {
            moveTo(list, failedList, false);
        }
        updateState(isCancel() ? LRAStatus.FailedToCancel : LRAStatus.FailedToClose, false);
        deactivate();
        return true;
    }

    /** Nobody has to be called: the record goes. */
    private boolean settle() {
        updateState();
        getLraService().remove(getId());
        return true;
    }

    /** Restoring asks for a timer now and then: on a copy it would compensate an LRA that has long been closed. */
    @Override
    public int setTimeLimit(Long milliseconds, boolean save) {
        return timersAllowed ? super.setTimeLimit(milliseconds, save) : OK;
    }

    /** An LRA that expired while no coordinator ran may be cancelled by its timer before the constructor is done. */
    @Override
    protected void moveTo(RecordList from, RecordList to, boolean invert) {
        order();
        super.moveTo(from, to, invert);
    }

    private void order() {
        synchronized (ordering) {
            if (!ordered) {
                ordered = true;
                for (RecordList list : new RecordList[] {pendingList, preparedList, heuristicList, failedList}) {
                    if (list != null) {
                        EnlistmentOrder.restore(list);
                        checkParticipant(list); // tells each participant which LRA it is in
                    }
                }
            }
        }
    }
}
