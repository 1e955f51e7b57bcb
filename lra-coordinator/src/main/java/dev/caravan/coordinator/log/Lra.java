package dev.caravan.coordinator.log;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.eclipse.microprofile.lra.annotation.LRAStatus;

/**
 * One LRA as the fold has it.
 *
 * @param id its URL
 * @param parent the {@code uid} of the one that it is nested in; {@code null}: it is in none
 * @param parentId the URL of that
 * @param order when it began, among all of the family
 * @param round how often it was decided how it ends: a nested one that has closed may be cancelled with its parent
 * @param limit when it is cancelled unless it has ended, in ms of the epoch; 0: never
 * @param endedAt in ms of the epoch; 0: it has not
 * @param removed whether a person has seen that it failed
 */
public record Lra(
        String uid,
        String id,
        String parent,
        String parentId,
        String client,
        int order,
        LRAStatus status,
        int round,
        long startedAt,
        long limit,
        long endedAt,
        List<Participant> participants,
        boolean removed) {

    public Lra {
        participants = List.copyOf(participants);
    }

    static Lra started(String uid, int order, long at, LraEvent.Start start) {
        return new Lra(
                uid,
                start.id(),
                start.parent() == null ? null : LraUid.in(start.parent()),
                start.parent(),
                start.client(),
                order,
                LRAStatus.Active,
                0,
                at,
                start.limit(),
                0,
                List.of(),
                false);
    }

    /** Whether it was decided how it ends, and not all have done their part. */
    public boolean isEnding() {
        return status == LRAStatus.Closing || status == LRAStatus.Cancelling;
    }

    boolean isFinal() {
        return status != LRAStatus.Active && !isEnding();
    }

    public boolean isFailed() {
        return status == LRAStatus.FailedToClose || status == LRAStatus.FailedToCancel;
    }

    /** Whether it was decided to close it. */
    boolean isForward() {
        return status == LRAStatus.Closing || status == LRAStatus.Closed || status == LRAStatus.FailedToClose;
    }

    public Participant participant(String wanted) {
        return participants.stream()
                .filter(participant -> participant.id().equals(wanted))
                .findFirst()
                .orElse(null);
    }

    /** {@code null}: there is none with these links. */
    public Participant participantAt(Map<String, String> links) {
        return participants.stream()
                .filter(participant -> participant.isAt(links))
                .findFirst()
                .orElse(null);
    }

    Lra ending(boolean forward) {
        return with(
                forward ? LRAStatus.Closing : LRAStatus.Cancelling,
                round + 1,
                0,
                participants.stream().map(each -> each.inRound(forward)).toList());
    }

    Lra ended(boolean failed, long at) {
        LRAStatus end = isForward()
                ? failed ? LRAStatus.FailedToClose : LRAStatus.Closed
                : failed ? LRAStatus.FailedToCancel : LRAStatus.Cancelled;
        return with(end, round, at, participants);
    }

    Lra limitedTo(long later) {
        long next = later == 0 ? limit : Math.max(limit, later);
        return new Lra(
                uid,
                id,
                parent,
                parentId,
                client,
                order,
                status,
                round,
                startedAt,
                next,
                endedAt,
                participants,
                removed);
    }

    Lra plus(Participant participant) {
        List<Participant> all = new ArrayList<>(participants);
        all.add(participant);
        return with(status, round, endedAt, all);
    }

    Lra minus(Participant participant) {
        return with(
                status,
                round,
                endedAt,
                participants.stream().filter(each -> each != participant).toList());
    }

    Lra change(Participant participant, UnaryOperator<Participant> how) {
        return with(
                status,
                round,
                endedAt,
                participants.stream()
                        .map(each -> each == participant ? how.apply(each) : each)
                        .toList());
    }

    Lra afterRemoval() {
        return new Lra(
                uid, id, parent, parentId, client, order, status, round, startedAt, limit, endedAt, participants, true);
    }

    private Lra with(LRAStatus nextStatus, int nextRound, long ended, List<Participant> all) {
        return new Lra(
                uid, id, parent, parentId, client, order, nextStatus, nextRound, startedAt, limit, ended, all, removed);
    }
}
