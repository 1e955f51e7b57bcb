package dev.caravan.coordinator;

import com.arjuna.ats.arjuna.coordinator.AbstractRecord;
import com.arjuna.ats.arjuna.coordinator.BasicAction;
import com.arjuna.ats.arjuna.coordinator.RecordList;
import com.arjuna.ats.arjuna.coordinator.RecordListIterator;
import io.narayana.lra.coordinator.domain.model.LRAParentAbstractRecord;
import io.narayana.lra.coordinator.domain.model.LongRunningAction;
import io.narayana.lra.coordinator.internal.LRARecoveryModule;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.lra.annotation.LRAStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has an LRA forget those nested in it that were cancelled or expired. Narayana forgets the nested one only, looks for it
 * when the outer one closes, and calls that a failure: {@code FailedToClose}, although every participant has completed.
 */
final class NestedLras {

    private static final Logger LOGGER = LoggerFactory.getLogger(NestedLras.class);

    private NestedLras() {}

    /** Stores that an LRA has one nested in it; Narayana does so only when the next participant joins. */
    static void store(LongRunningAction outer) {
        if (outer == null) {
            return;
        }
        synchronized (outer) {
            if (outer.getLRAStatus() == LRAStatus.Active && !outer.deactivate()) {
                LOGGER.warn("LRA {} could not be stored with the one nested in it", outer.getId());
            }
        }
    }

    /** A nested LRA that closed is known until the outer one ends; one that is unknown was cancelled. */
    static void forgetTheCancelledOnes(LongRunningAction outer) {
        RecordList participants = (RecordList) Fields.read(BasicAction.class, "pendingList", outer);
        if (participants == null) {
            return;
        }
        List<AbstractRecord> cancelled = new ArrayList<>();
        RecordListIterator all = new RecordListIterator(participants);
        for (AbstractRecord each = all.iterate(); each != null; each = all.iterate()) {
            if (each instanceof LRAParentAbstractRecord nested) {
                LongRunningAction inner = inner(nested);
                if (inner == null) {
                    cancelled.add(nested);
                } else if (inner.getLRAStatus() != LRAStatus.Active) {
                    nested.childCommitted(); // Narayana keeps this in memory only, and that, too:
                    Fields.write(LRAParentAbstractRecord.class, "lraService", nested, LRARecoveryModule.getService());
                }
            }
        }
        cancelled.forEach(participants::remove);
        if (!cancelled.isEmpty() && !outer.deactivate()) {
            LOGGER.warn(
                    "LRA {} could not be stored without {} nested ones that are cancelled",
                    outer.getId(),
                    cancelled.size());
        }
    }

    private static LongRunningAction inner(LRAParentAbstractRecord nested) {
        return LRARecoveryModule.getService()
                .lookupTransaction((URI) Fields.read(LRAParentAbstractRecord.class, "childId", nested));
    }
}
