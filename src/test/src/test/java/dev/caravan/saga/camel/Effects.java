package dev.caravan.saga.camel;

import dev.caravan.saga.Step;
import dev.caravan.saga.routes.Composition;
import dev.caravan.saga.routes.How;
import dev.caravan.saga.routes.Node.Form;
import dev.caravan.saga.routes.Node.StepNode;
import dev.caravan.saga.test.SimulatedParticipants.Deed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What took effect outside of all processes, and is there when they have died. */
final class Effects {

    enum What {
        DONE,
        UNDONE,
        CONFIRMED
    }

    /**
     * @param saga the saga's id
     * @param ref which step it was, and in which part of a split or round of a loop
     */
    record Effect(String saga, String ref, What what) {
        @Override
        public String toString() {
            return "%s %s".formatted(ref, what);
        }
    }

    private record Place(String saga, Step step) {}

    private record Counted(String saga, String ref) {}

    private final Map<Integer, StepNode> steps = new HashMap<>();
    private final List<Effect> all = new ArrayList<>();
    private final Set<Counted> counted = new LinkedHashSet<>();
    private final Map<Place, String> refs = new HashMap<>();
    private final Set<Counted> tried = new HashSet<>();
    private final Map<String, Integer> undoTried = new HashMap<>();
    private final List<String> misnamed = new ArrayList<>();
    private final List<String> late = new ArrayList<>();
    private final List<String> again = new ArrayList<>();
    private final Map<String, String> ids = new HashMap<>();
    private final List<String> otherIds = new ArrayList<>();
    private final List<String> changed = new ArrayList<>();
    private final Set<Counted> met = new HashSet<>();
    private Set<Counted> metAtEnd = Set.of();
    private boolean atItsEnd;

    Effects(Composition composition) {
        steps.putAll(composition.definitions());
    }

    /** Commands that went out in the name of another step. */
    List<String> misnamed() {
        return misnamed;
    }

    /** Steps that were begun in branches without which their route had gone on. */
    List<String> late() {
        return late;
    }

    void isLate(String ref) {
        late.add(ref);
    }

    /** What a callback was told is not what its step was told. */
    void changed(String what) {
        changed.add(what);
    }

    List<String> changed() {
        return changed;
    }

    /** Another process goes on; what was effected stays. */
    void anotherLife() {
        met.clear();
    }

    /** The route of the saga has come to its end, and no exception has kept it from that. */
    void comesToItsEnd() {
        atItsEnd = true;
        metAtEnd = Set.copyOf(met);
    }

    /** The last time that the route came to its end, it had come by this step. */
    boolean wasMet(String saga, String ref) {
        return metAtEnd.contains(new Counted(saga, ref));
    }

    boolean isAtItsEnd() {
        return atItsEnd;
    }

    /** The route goes on after a step: it counts on it. */
    void count(String saga, String ref) {
        counted.add(new Counted(saga, ref));
        met.add(new Counted(saga, ref));
    }

    Set<String> countedOn(String saga) {
        return counted.stream()
                .filter(step -> step.saga().equals(saga))
                .map(Counted::ref)
                .collect(Collectors.toSet());
    }

    /** A step that may be done twice was. */
    void addAgain(String ref) {
        again.add(ref);
    }

    List<String> doneAgain() {
        return again;
    }

    /** A plain step has made an id, which is the one that the route is to see behind it. */
    void made(String saga, String ref, String id) {
        ids.put(saga + " " + ref + " done", id);
    }

    /** A route sees an id: the same as ever. */
    void sees(String saga, String ref, String when, String id) {
        String before = ids.putIfAbsent(saga + " " + ref + " " + when, id);
        if (before != null && !before.equals(id)) {
            otherIds.add("%s %s: %s, which was %s".formatted(when, ref, id, before));
        }
    }

    /** Ids that a route saw otherwise than before. */
    List<String> otherIds() {
        return otherIds;
    }

    boolean isCountedOn(String ref) {
        return counted.stream().anyMatch(step -> step.ref().equals(ref));
    }

    /** A step that is tried again, and was undone before, is done as if for the first time. */
    void add(String saga, String ref, What what) {
        if (what == What.DONE && step(ref).how() == How.FAILS_ONCE && all.remove(new Effect(saga, ref, What.UNDONE))) {
            all.remove(new Effect(saga, ref, What.DONE));
        }
        all.add(new Effect(saga, ref, what));
    }

    /** True when a step is done for the first time. */
    boolean isFirst(String saga, String ref) {
        return tried.add(new Counted(saga, ref));
    }

    /** True when a compensation has been tried often enough to work. */
    boolean undoWorks(String saga, String ref) {
        return undoTried.merge(saga + ref, 1, Integer::sum) > step(ref).undoFails();
    }

    boolean isInPlace(String saga, String ref) {
        return all.contains(new Effect(saga, ref, What.DONE)) && !all.contains(new Effect(saga, ref, What.UNDONE));
    }

    /** What a participant did. */
    void witness(Deed deed) {
        String saga = deed.sagaId().value();
        Place place = new Place(saga, deed.step());
        int number = Integer.parseInt(deed.command().replaceAll("[^0-9]", ""));
        String name = nameOf(steps.get(number));
        if (!deed.step().name().equals(name)) {
            misnamed.add("%s in the name of %s".formatted(deed.command(), deed.step()));
        }
        String ref = deed.data().path("ref").asText();
        if (deed.command().startsWith("First")) {
            refs.putIfAbsent(place, ref);
            add(saga, first(ref), What.DONE);
        } else if (deed.command().startsWith("Act")) {
            refs.put(place, ref);
            add(saga, ref, What.DONE);
        } else if (deed.command().startsWith("Undo")) {
            Stream.of(refs.get(place), first(refs.get(place)))
                    .filter(one -> isInPlace(saga, one))
                    .forEach(one -> add(saga, one, What.UNDONE));
        } else {
            add(saga, refs.get(place), What.CONFIRMED);
        }
    }

    /** The name that the log has of a step. */
    static String nameOf(StepNode step) {
        return step.form() == Form.BARE_COMMAND ? "ACT" + step.number() : "STEP_" + step.number();
    }

    /** What the command before a step's own does. */
    private static String first(String ref) {
        return ref + "first";
    }

    StepNode node(int number) {
        return steps.get(number);
    }

    /** The last taking of a step that was done and not ended so; {@code null}: none. */
    String lastWithout(What end, int step) {
        List<String> done = all.stream()
                .filter(effect ->
                        effect.what() == What.DONE && step(effect.ref()).number() == step)
                .filter(effect -> !all.contains(new Effect(effect.saga(), effect.ref(), end)))
                .map(Effect::ref)
                .toList();
        return done.isEmpty() ? null : done.get(done.size() - 1);
    }

    /** What took effect in all sagas, in this order. */
    List<String> refs(What what) {
        return all.stream()
                .filter(effect -> effect.what() == what)
                .map(Effect::ref)
                .toList();
    }

    StepNode step(String ref) {
        return steps.get(Integer.valueOf(ref.substring(0, ref.indexOf('/')).split("\\.")[0]));
    }

    List<Effect> of(String saga) {
        return all.stream().filter(effect -> effect.saga().equals(saga)).toList();
    }

    List<String> refs(String saga, What what) {
        return of(saga).stream()
                .filter(effect -> effect.what() == what)
                .map(Effect::ref)
                .toList();
    }

    Set<String> inPlace(String saga) {
        return refs(saga, What.DONE).stream()
                .filter(ref -> isInPlace(saga, ref))
                .collect(Collectors.toSet());
    }

    @Override
    public String toString() {
        return all.toString();
    }
}
