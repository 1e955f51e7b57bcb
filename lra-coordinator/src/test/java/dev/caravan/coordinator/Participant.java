package dev.caravan.coordinator;

import com.arjuna.ats.arjuna.common.Uid;
import com.arjuna.ats.arjuna.coordinator.AbstractRecord;
import com.arjuna.ats.arjuna.coordinator.RecordType;
import com.arjuna.ats.arjuna.coordinator.TwoPhaseOutcome;

/** A record that has an id and nothing else. */
final class Participant extends AbstractRecord {

    Participant(Uid id) {
        super(id);
    }

    @Override
    public int typeIs() {
        return RecordType.LRA_RECORD;
    }

    @Override
    public Object value() {
        return null;
    }

    @Override
    public void setValue(Object value) {}

    @Override
    public int nestedAbort() {
        return TwoPhaseOutcome.FINISH_OK;
    }

    @Override
    public int nestedCommit() {
        return TwoPhaseOutcome.FINISH_OK;
    }

    @Override
    public int nestedPrepare() {
        return TwoPhaseOutcome.PREPARE_OK;
    }

    @Override
    public int topLevelAbort() {
        return TwoPhaseOutcome.FINISH_OK;
    }

    @Override
    public int topLevelCommit() {
        return TwoPhaseOutcome.FINISH_OK;
    }

    @Override
    public int topLevelPrepare() {
        return TwoPhaseOutcome.PREPARE_OK;
    }

    @Override
    public void merge(AbstractRecord other) {}

    @Override
    public void alter(AbstractRecord other) {}

    @Override
    public boolean shouldAdd(AbstractRecord other) {
        return false;
    }

    @Override
    public boolean shouldAlter(AbstractRecord other) {
        return false;
    }

    @Override
    public boolean shouldMerge(AbstractRecord other) {
        return false;
    }

    @Override
    public boolean shouldReplace(AbstractRecord other) {
        return false;
    }
}
