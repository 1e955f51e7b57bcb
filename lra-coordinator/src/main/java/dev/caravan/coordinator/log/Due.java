package dev.caravan.coordinator.log;

import dev.caravan.coordinator.log.Participant.State;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.eclipse.microprofile.lra.annotation.LRAStatus;

/**
 * What is to be done next about a family.
 *
 * <p>To cancel goes strictly in reverse order of joining: none is called while one that joined later, or an LRA that began
 * later inside of the same, has neither ended nor failed. To close begins in the same order, and goes on to the others
 * while one is not done.
 */
final class Due {

    private Due() {}

    /** In the order in which they are to be made; all that may be made now. */
    static List<Call> in(Family family) {
        return in(family, family.outermost());
    }

    /** Whether it has been decided how an LRA ends, and all calls that may be made for that were, once. */
    static boolean hasBeenTried(Family family, Lra lra) {
        return lra.status() != LRAStatus.Active
                && toEnd(family, lra).stream()
                        .allMatch(call -> call.participant().state() == State.ASKED)
                && areAllTold(family, lra);
    }

    private static boolean areAllTold(Family family, Lra lra) {
        boolean waits =
                lra.isFinal() && lra.participants().stream().anyMatch(each -> each.isToBeTold() && !each.told());
        return !waits && family.nestedIn(lra).stream().allMatch(nested -> areAllTold(family, nested));
    }

    private static List<Call> in(Family family, Lra lra) {
        List<Call> calls = new ArrayList<>(toEnd(family, lra));
        for (Lra nested : family.nestedIn(lra)) {
            if (!lra.isEnding() || !nested.isEnding()) {
                calls.addAll(in(family, nested));
            }
        }
        if (lra.isFinal()) {
            for (Participant participant : lra.participants()) {
                if (participant.isToBeTold()) {
                    calls.add(new Call(Call.Kind.TELL, lra, participant));
                }
                if (family.isToForget(lra, participant)) {
                    calls.add(new Call(Call.Kind.FORGET, lra, participant));
                }
            }
        }
        return calls;
    }

    private static List<Call> toEnd(Family family, Lra lra) {
        if (!lra.isEnding()) {
            return List.of();
        }
        List<Member> members = new ArrayList<>();
        lra.participants().stream()
                .filter(Participant::isOpen)
                .forEach(open -> members.add(new Member(open.order(), List.of(Call.toEnd(lra, open)))));
        family.nestedIn(lra).stream()
                .filter(Lra::isEnding)
                .forEach(nested -> members.add(new Member(nested.order(), toEnd(family, nested))));
        members.sort(Comparator.comparing(Member::order).reversed());
        return members.stream()
                .limit(lra.status() == LRAStatus.Cancelling ? 1 : Long.MAX_VALUE)
                .flatMap(member -> member.calls().stream())
                .toList();
    }

    /** A participant, or an LRA that is nested. */
    private record Member(int order, List<Call> calls) {}
}
