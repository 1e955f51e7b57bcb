package dev.caravan.coordinator;

import com.arjuna.ats.arjuna.common.Uid;
import com.arjuna.ats.arjuna.coordinator.AbstractRecord;
import com.arjuna.ats.arjuna.coordinator.RecordList;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The order in which participants are called: the last one that was enlisted comes first.
 *
 * <p>Narayana keeps this order by the position in its lists, and turns it round each time it reads a list back from
 * the store. A participant's record carries an id, {@code host:host:process:second:count} in hexadecimal, made at
 * enlistment: the second in which the process began to count, and the count. Both only grow, so the ids keep the order
 * over restarts, retries and lists, provided that the clock is not set back between two starts while an LRA is open.
 */
final class EnlistmentOrder {

    private static final int SECOND = 3;
    private static final int COUNT = 4;

    static final Comparator<Uid> EARLIEST_FIRST =
            Comparator.<Uid>comparingLong(uid -> field(uid, SECOND)).thenComparingLong(uid -> field(uid, COUNT));

    static final Comparator<AbstractRecord> LATEST_FIRST =
            Comparator.comparing(AbstractRecord::order, EARLIEST_FIRST).reversed();

    private EnlistmentOrder() {}

    /** Sorts a list in place; {@code null} is a list that was never needed. */
    static void restore(RecordList list) {
        if (list == null || list.size() < 2) {
            return;
        }
        List<AbstractRecord> records = new ArrayList<>();
        for (AbstractRecord first = list.getFront(); first != null; first = list.getFront()) {
            records.add(first);
        }
        records.sort(LATEST_FIRST);
        records.forEach(list::putRear);
    }

    private static long field(Uid uid, int index) {
        return Long.parseLong(uid.stringForm().split(":")[index], 16);
    }
}
