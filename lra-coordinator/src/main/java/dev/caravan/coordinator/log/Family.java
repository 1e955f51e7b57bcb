package dev.caravan.coordinator.log;

import dev.caravan.coordinator.log.Folded.Verdict;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.eclipse.microprofile.lra.annotation.LRAStatus;

/**
 * An LRA and those nested in it, as the fold of their entries. Immutable.
 *
 * <p>The first decision stands: a close or cancel that comes later changes nothing. But a nested LRA that has closed may be
 * cancelled until its parent has ended: with that, or by itself.
 */
public final class Family {

    private final Map<String, Lra> lras;
    private final int next;
    private final List<String> keys;

    private Family(Map<String, Lra> lras, int next, List<String> keys) {
        this.lras = lras;
        this.next = next;
        this.keys = keys;
    }

    /**
     * Folds one entry.
     *
     * @param before {@code null}: nothing is known of the LRA
     * @param key of the record, for its removal
     */
    static Folded fold(Family before, String key, LraEntry entry) {
        if (before == null) {
            return entry.event() instanceof LraEvent.Start start && start.parent() == null
                    ? counts(new Family(Map.of(), 0, List.of()).begin(entry, start), key, null)
                    : new Folded(null, Verdict.UNKNOWN, null);
        }
        return before.fold(key, entry);
    }

    private Folded fold(String key, LraEntry entry) {
        if (entry.event() instanceof LraEvent.Start start) {
            return nested(key, entry, start);
        }
        Lra lra = lras.get(entry.lra());
        if (lra == null || isGone(lra)) {
            return verdict(Verdict.UNKNOWN);
        }
        LraEvent event = entry.event();
        if (event instanceof LraEvent.Join join) {
            return join(key, lra, join);
        }
        if (event instanceof LraEvent.Renew renew) {
            return active(key, lra, () -> with(lra.limitedTo(renew.limit())));
        }
        if (event instanceof LraEvent.Close) {
            return decide(key, lra, true, entry.at());
        }
        if (event instanceof LraEvent.Cancel) {
            return decide(key, lra, false, entry.at());
        }
        if (event instanceof LraEvent.Expire expire) {
            return expire.limit() == lra.limit() ? decide(key, lra, false, entry.at()) : verdict(Verdict.KNOWN);
        }
        if (event instanceof LraEvent.Remove) {
            return lra.isFailed() ? counts(with(lra.afterRemoval()), key, null) : verdict(Verdict.TOO_LATE);
        }
        return event instanceof LraEvent.Look ? verdict(Verdict.KNOWN) : ofParticipant(key, lra, event, entry.at());
    }

    private Folded ofParticipant(String key, Lra lra, LraEvent event, long at) {
        if (event instanceof LraEvent.Leave leave) {
            Participant leaving =
                    leave.links() == null ? lra.participant(leave.participant()) : lra.participantAt(leave.links());
            return lra.status() == LRAStatus.Active && leaving == null
                    ? verdict(Verdict.STRANGER)
                    : active(key, lra, () -> with(lra.minus(leaving)));
        }
        if (event instanceof LraEvent.Replace replace) {
            return change(key, lra, replace.participant(), each -> each.movedTo(replace.links()));
        }
        if (event instanceof LraEvent.Answer answer) {
            return answer(key, lra, answer, at);
        }
        if (event instanceof LraEvent.Told told) {
            return told.round() == lra.round()
                    ? change(key, lra, told.participant(), each -> each.afterTelling(told.heard()))
                    : verdict(Verdict.KNOWN);
        }
        return change(key, lra, ((LraEvent.Forgot) event).participant(), Participant::afterForgetting);
    }

    private Folded nested(String key, LraEntry entry, LraEvent.Start start) {
        Lra parent = start.parent() == null ? null : lras.get(LraUid.in(start.parent()));
        if (parent == null || isGone(parent)) {
            return verdict(Verdict.UNKNOWN);
        }
        return active(key, parent, () -> begin(entry, start));
    }

    private Folded join(String key, Lra lra, LraEvent.Join join) {
        boolean inTime = lra.status() == LRAStatus.Active || lra.isEnding() && CallbackLinks.isListener(join.links());
        if (!inTime) {
            return verdict(Verdict.TOO_LATE);
        }
        Participant known = lra.participantAt(join.links());
        if (known != null) {
            return counts(with(lra.change(known, each -> each.again(join))), key, known.id());
        }
        Participant joined = Participant.joined(Integer.toString(next), next, join);
        Participant participant = lra.isEnding() ? joined.inRound(lra.isForward()) : joined;
        return counts(with(lra.limitedTo(join.limit()).plus(participant)).grown(), key, participant.id());
    }

    private Folded answer(String key, Lra lra, LraEvent.Answer answer, long at) {
        Participant participant = lra.participant(answer.participant());
        if (participant == null || !lra.isEnding() || answer.round() != lra.round() || !participant.isOpen()) {
            return verdict(Verdict.KNOWN);
        }
        if (answer.outcome() == LraEvent.Outcome.PENDING && participant.state() == Participant.State.ASKED) {
            return verdict(Verdict.KNOWN);
        }
        return counts(
                with(lra.change(participant, each -> each.answered(answer, at))).settled(lra.uid(), at), key, null);
    }

    private Folded decide(String key, Lra lra, boolean forward, long at) {
        return lra.status() == LRAStatus.Active || !forward && mayBeUndone(lra)
                ? counts(ending(lra, forward).settled(lra.uid(), at), key, null)
                : verdict(Verdict.KNOWN);
    }

    /** Those nested in it end with it: the open ones in any case, the closed ones if it is cancelled. */
    private Family ending(Lra lra, boolean forward) {
        Family family = with(lra.ending(forward));
        for (Lra nested : nestedIn(lra)) {
            boolean goesAlong =
                    nested.status() == LRAStatus.Active || !forward && nested.isForward() && !nested.isFailed();
            if (goesAlong) {
                family = family.ending(nested, forward);
            }
        }
        return family;
    }

    /** From the inside out: an LRA has ended when all its participants and those nested in it have. */
    private Family settled(String uid, long at) {
        Family family = this;
        for (Lra nested : nestedIn(lras.get(uid))) {
            family = nested.isEnding() ? family.settledAlone(nested.uid(), at) : family;
        }
        family = family.settledAlone(uid, at);
        String parent = lras.get(uid).parent();
        return parent == null ? family : family.settledAlone(parent, at);
    }

    private Family settledAlone(String uid, long at) {
        Lra lra = lras.get(uid);
        if (!lra.isEnding()
                || lra.participants().stream().anyMatch(Participant::isOpen)
                || nestedIn(lra).stream().anyMatch(Lra::isEnding)) {
            return this;
        }
        boolean failed = lra.participants().stream().anyMatch(each -> each.state() == Participant.State.FAILED)
                || nestedIn(lra).stream().anyMatch(each -> each.isFailed() && each.isForward() == lra.isForward());
        return with(lra.ended(failed, at));
    }

    private Folded active(String key, Lra lra, Supplier<Family> change) {
        return lra.status() == LRAStatus.Active ? counts(change.get(), key, null) : verdict(Verdict.TOO_LATE);
    }

    private Folded change(String key, Lra lra, String participant, UnaryOperator<Participant> how) {
        Participant known = lra.participant(participant);
        return known == null ? verdict(Verdict.STRANGER) : counts(with(lra.change(known, how)), key, participant);
    }

    private Folded verdict(Verdict verdict) {
        return new Folded(this, verdict, null);
    }

    private static Folded counts(Family after, String key, String participant) {
        List<String> keys = new ArrayList<>(after.keys);
        keys.add(key);
        return new Folded(new Family(after.lras, after.next, List.copyOf(keys)), Verdict.COUNTS, participant);
    }

    private Family begin(LraEntry entry, LraEvent.Start start) {
        return with(Lra.started(entry.lra(), next, entry.at(), start)).grown();
    }

    private Family with(Lra lra) {
        Map<String, Lra> all = new LinkedHashMap<>(lras);
        all.put(lra.uid(), lra);
        return new Family(all, next, keys);
    }

    private Family grown() {
        return new Family(lras, next + 1, keys);
    }

    /** {@code null}: there is none, or it is of no interest any more. */
    public Lra find(String uid) {
        Lra lra = lras.get(uid);
        return lra == null || isGone(lra) ? null : lra;
    }

    /** Also one that is of no interest any more; {@code null}: there is none. */
    Lra member(String uid) {
        return lras.get(uid);
    }

    /** Those that are of interest. */
    public Collection<Lra> all() {
        return lras.values().stream().filter(lra -> !isGone(lra)).toList();
    }

    List<Lra> nestedIn(Lra lra) {
        return lras.values().stream()
                .filter(each -> lra.uid().equals(each.parent()))
                .sorted(Comparator.comparing(Lra::order).reversed())
                .toList();
    }

    /** Whether nothing is left to do about one that has ended, and nobody has to see that it failed. */
    private boolean isGone(Lra lra) {
        return lra.isFinal()
                && !mayBeUndone(lra)
                && (!lra.isFailed() || lra.removed())
                && lra.participants().stream().noneMatch(each -> each.isToBeTold() || isToForget(lra, each));
    }

    /** A nested one that has closed is not closed for good until those around it are. */
    private boolean mayBeUndone(Lra lra) {
        return lra.status() == LRAStatus.Closed && !isParentOver(lra);
    }

    /** Who could not do its part may forget the LRA when it has ended; who is only kept for a parent, with that. */
    boolean isToForget(Lra lra, Participant participant) {
        return participant.isToForget()
                && lra.isFinal()
                && (participant.state() == Participant.State.FAILED
                        || lra.status() == LRAStatus.Closed && lra.parent() != null && isParentOver(lra));
    }

    private boolean isParentOver(Lra lra) {
        return lra.parent() == null || lras.get(lra.parent()).isFinal() && isParentOver(lras.get(lra.parent()));
    }

    Lra outermost() {
        return lras.values().iterator().next();
    }

    /** Whether its entries may be removed. */
    boolean isOver() {
        return lras.values().stream().allMatch(this::isGone);
    }

    /** Of the records that made it, the oldest first. */
    List<String> keys() {
        return keys;
    }
}
