package dev.caravan.coordinator;

import com.arjuna.ats.arjuna.coordinator.AbstractRecord;
import com.arjuna.ats.arjuna.coordinator.BasicAction;
import com.arjuna.ats.arjuna.coordinator.RecordList;
import com.arjuna.ats.arjuna.coordinator.RecordListIterator;
import io.narayana.lra.coordinator.domain.model.LRAParticipantRecord;
import io.narayana.lra.coordinator.domain.model.LongRunningAction;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.lra.annotation.ParticipantStatus;
import org.eclipse.microprofile.lra.annotation.ws.rs.LRA;

/**
 * Compensations run strictly in reverse order of enlistment: none is asked for while a participant that was enlisted
 * later has neither compensated nor failed for good.
 *
 * <p>Narayana calls one after another, but goes on to the next when one does not answer, is still at work (202) or says
 * not yet (503). What must wait is not sent, and is answered with 503 on behalf of the participant, which Narayana takes
 * for asked: see {@link #forgetTheUnasked}. Completions need no order, and have none; for those of an
 * LRA nested in another, Narayana's order holds, since it never comes back to one of them that was not done.
 */
final class ReverseOrder {

    private static final Set<ParticipantStatus> ENDED = EnumSet.of(
            ParticipantStatus.Compensated,
            ParticipantStatus.FailedToCompensate,
            ParticipantStatus.Completed,
            ParticipantStatus.FailedToComplete);

    private ReverseOrder() {}

    /** Whether this request to a participant of an LRA must not be sent yet. */
    static boolean mustWait(Map<String, String> headers) {
        String id = headers.get(LRA.LRA_HTTP_CONTEXT_HEADER);
        return id != null && mustWait(RestoredLra.calling(URI.create(id)));
    }

    static Response laterPlease() {
        return Response.status(Response.Status.SERVICE_UNAVAILABLE).build();
    }

    private static boolean mustWait(LongRunningAction lra) {
        if (!isOrdered(lra)) {
            return false;
        }
        AbstractRecord asked = (AbstractRecord) Fields.read(BasicAction.class, "recordBeingHandled", lra);
        return asked != null
                && open(lra).stream()
                        .anyMatch(other -> EnlistmentOrder.EARLIEST_FIRST.compare(other.order(), asked.order()) > 0);
    }

    private static boolean isOrdered(LongRunningAction lra) {
        return lra != null && lra.isCancel() && lra.isTopLevel();
    }

    /**
     * Has those be asked anew that only seemed to be asked. Only the latest of the open ones can have been: Narayana
     * would ask the others for their status, and they know of nothing.
     */
    static void forgetTheUnasked(LongRunningAction lra) {
        if (isOrdered(lra)) {
            open(lra).stream().skip(1).forEach(unasked -> {
                Fields.write(LRAParticipantRecord.class, "status", unasked, ParticipantStatus.Active);
                Fields.write(LRAParticipantRecord.class, "accepted", unasked, false);
            });
        }
    }

    /** @return whether one has failed now that others wait for: they are to be asked */
    static boolean giveUpWhoHoldsOthersUp(LongRunningAction lra) {
        List<AbstractRecord> open = isOrdered(lra) ? open(lra) : List.of();
        if (open.size() > 1) {
            Fields.write(LRAParticipantRecord.class, "status", open.get(0), ParticipantStatus.FailedToCompensate);
        }
        return open.size() > 1;
    }

    /** The participants that have neither compensated nor failed for good, the last enlisted first. */
    private static List<AbstractRecord> open(LongRunningAction lra) {
        return records(lra).stream()
                .filter(ReverseOrder::isOpen)
                .sorted(EnlistmentOrder.LATEST_FIRST)
                .toList();
    }

    private static boolean isOpen(AbstractRecord participant) {
        return participant instanceof LRAParticipantRecord
                && Fields.read(LRAParticipantRecord.class, "compensateURI", participant) != null
                && !ENDED.contains(Fields.read(LRAParticipantRecord.class, "status", participant));
    }

    private static List<AbstractRecord> records(LongRunningAction lra) {
        List<AbstractRecord> records = new ArrayList<>();
        for (String name : List.of("pendingList", "preparedList", "heuristicList")) {
            RecordList list = (RecordList) Fields.read(BasicAction.class, name, lra);
            if (list != null) {
                RecordListIterator all = new RecordListIterator(list);
                for (AbstractRecord each = all.iterate(); each != null; each = all.iterate()) {
                    records.add(each);
                }
            }
        }
        return records;
    }
}
