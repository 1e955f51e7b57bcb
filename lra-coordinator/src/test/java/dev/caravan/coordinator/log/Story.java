package dev.caravan.coordinator.log;

import dev.caravan.coordinator.log.LraEvent.Outcome;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Entries of a family, one after another, at one ms each. Participants are called by the URL of their callbacks. */
final class Story {

    static final String OUTER = "0".repeat(32);
    static final String INNER = "1".repeat(32) + "_" + OUTER;
    private static final String COORDINATOR = "http://here/lra-coordinator/";

    private Family family;
    private long now;
    private Folded last;

    Folded tell(String lra, LraEvent event) {
        now++;
        last = Family.fold(family, "key" + now, new LraEntry(lra, now, event));
        family = last.family();
        return last;
    }

    Story start() {
        tell(OUTER, new LraEvent.Start(COORDINATOR + OUTER, "client", null, 0));
        return this;
    }

    Story startNested() {
        tell(INNER, new LraEvent.Start(COORDINATOR + INNER, "client", COORDINATOR + OUTER, 0));
        return this;
    }

    /** @return the participant's id */
    String join(String lra, String name, String... actions) {
        Map<String, String> links = Arrays.stream(actions)
                .collect(Collectors.toMap(action -> action, action -> "http://there/" + name + "/" + action));
        return tell(lra, new LraEvent.Join(links, "http://here/recovery/" + lra, null, 0))
                .participant();
    }

    /** Answers the call that is due with this path. */
    Folded answer(String path, Outcome outcome) {
        Call call = Due.in(family).stream()
                .filter(due -> due.url().endsWith("/" + path))
                .findFirst()
                .orElseThrow(() -> new AssertionError(path + " is not due, but " + due()));
        return tell(
                call.lra().uid(),
                switch (call.kind()) {
                    case END, STATUS ->
                        new LraEvent.Answer(call.participant().id(), call.lra().round(), outcome, null);
                    case TELL ->
                        new LraEvent.Told(call.participant().id(), call.lra().round(), outcome == Outcome.DONE);
                    case FORGET -> new LraEvent.Forgot(call.participant().id());
                });
    }

    /** The calls that may be made now. */
    List<String> due() {
        return Due.in(family).stream()
                .map(call -> call.url().substring("http://there/".length()))
                .toList();
    }

    String status(String lra) {
        Lra known = family.find(lra);
        return known == null ? "gone" : known.status().name();
    }

    Family family() {
        return family;
    }

    boolean hasBeenTried(String lra) {
        return Due.hasBeenTried(family, family.find(lra));
    }
}
