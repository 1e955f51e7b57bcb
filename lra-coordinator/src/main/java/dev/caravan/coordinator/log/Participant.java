package dev.caravan.coordinator.log;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Who has joined an LRA.
 *
 * @param order when it joined, among all of the family
 * @param links the URLs of its callbacks by their relation
 * @param recovery the URL by which it is found at the coordinator
 * @param data what it wants to have sent along; {@code null}: nothing
 * @param askedSince when it was first asked in this round and was not done, in ms of the epoch; 0: it was not
 * @param told whether one was told how the LRA ended that wants to know
 * @param heard whether it has said so
 * @param forgotten whether it knows that it may forget
 */
public record Participant(
        String id,
        int order,
        Map<String, String> links,
        String recovery,
        String data,
        State state,
        long askedSince,
        boolean told,
        boolean heard,
        boolean forgotten) {

    /** How far it came in this round. */
    enum State {
        ENLISTED,
        /** It was asked, and is not done as far as is known. */
        ASKED,
        DONE,
        FAILED
    }

    static Participant joined(String id, int order, LraEvent.Join join) {
        return new Participant(
                id,
                order,
                join.links(),
                join.recovery() + "/" + id,
                join.data(),
                State.ENLISTED,
                0,
                false,
                false,
                false);
    }

    boolean isOpen() {
        return state == State.ENLISTED || state == State.ASKED;
    }

    /** A participant is known by where it is asked to compensate. */
    boolean isAt(Map<String, String> others) {
        String relation = links.containsKey(CallbackLinks.COMPENSATE) ? CallbackLinks.COMPENSATE : CallbackLinks.AFTER;
        return links.get(relation).equals(others.get(relation));
    }

    Participant again(LraEvent.Join join) {
        return new Participant(
                id, order, join.links(), recovery, join.data(), state, askedSince, told, heard, forgotten);
    }

    Participant movedTo(Map<String, String> others) {
        return new Participant(id, order, others, recovery, data, state, askedSince, told, heard, forgotten);
    }

    /** As a round begins: who has nothing to do in it is done. */
    Participant inRound(boolean forward) {
        boolean asked = links.containsKey(forward ? CallbackLinks.COMPLETE : CallbackLinks.COMPENSATE);
        State begin = asked ? State.ENLISTED : State.DONE;
        return new Participant(id, order, links, recovery, data, begin, 0, false, false, forgotten);
    }

    Participant answered(LraEvent.Answer answer, long at) {
        State next =
                switch (answer.outcome()) {
                    case DONE -> State.DONE;
                    case FAILED -> State.FAILED;
                    case PENDING -> State.ASKED;
                };
        Map<String, String> known = links;
        if (answer.status() != null) {
            known = new LinkedHashMap<>(links);
            known.putIfAbsent(CallbackLinks.STATUS, answer.status());
        }
        return new Participant(
                id, order, known, recovery, data, next, askedSince == 0 ? at : askedSince, told, heard, forgotten);
    }

    Participant afterTelling(boolean hasHeard) {
        return new Participant(id, order, links, recovery, data, state, askedSince, true, hasHeard, forgotten);
    }

    Participant afterForgetting() {
        return new Participant(id, order, links, recovery, data, state, askedSince, told, heard, true);
    }

    boolean isToBeTold() {
        return links.containsKey(CallbackLinks.AFTER) && !heard;
    }

    boolean isToForget() {
        return links.containsKey(CallbackLinks.FORGET) && !forgotten;
    }
}
