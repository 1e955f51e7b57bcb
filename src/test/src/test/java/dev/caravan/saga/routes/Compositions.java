package dev.caravan.saga.routes;

import dev.caravan.saga.routes.Composition.End;
import dev.caravan.saga.routes.Composition.OnException;
import dev.caravan.saga.routes.Node.Around;
import dev.caravan.saga.routes.Node.Breaker;
import dev.caravan.saga.routes.Node.Choice;
import dev.caravan.saga.routes.Node.Form;
import dev.caravan.saga.routes.Node.Leaf;
import dev.caravan.saga.routes.Node.Loop;
import dev.caravan.saga.routes.Node.Multicast;
import dev.caravan.saga.routes.Node.Pipeline;
import dev.caravan.saga.routes.Node.Split;
import dev.caravan.saga.routes.Node.StepNode;
import dev.caravan.saga.routes.Node.Try;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Makes compositions of a seed: the same of the same. */
public final class Compositions {

    private static final List<Form> COMMANDS = List.of(Form.COMMAND, Form.COMMAND, Form.BARE_COMMAND);
    private static final List<Form> ALL = List.of(Form.BEAN, Form.BEAN, Form.COMMAND, Form.BARE_COMMAND);
    private static final int DEEPEST = 3;
    private static final int MOST_STEPS = 7;

    private static final List<Around.Kind> DYNAMIC =
            List.of(Around.Kind.TO_DYNAMIC, Around.Kind.ROUTING_SLIP, Around.Kind.DYNAMIC_ROUTER, Around.Kind.SEDA);

    private final long seed;
    private final Random random;
    private final List<Form> forms;
    private final List<StepNode> made = new ArrayList<>();
    private final List<Around> children = new ArrayList<>();
    private int steps;
    private int places;
    private int blocks;
    private boolean hurries;

    private Compositions(long seed, List<Form> forms) {
        this.seed = seed;
        this.random = new Random(seed * 0x9E3779B97F4A7C15L);
        this.forms = forms;
    }

    /** With commands only, or with all forms of steps. */
    public static Composition of(long seed) {
        return of(seed, seed % 2 == 0 ? COMMANDS : ALL);
    }

    /** @param forms of its steps */
    public static Composition of(long seed, List<Form> forms) {
        return new Compositions(seed, forms).make();
    }

    private boolean oneIn(int many) {
        return random.nextInt(many) == 0;
    }

    private <T> T any(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    private Composition make() {
        End end = oneIn(6) ? any(List.of(End.values())) : End.AUTO;
        int limit = end == End.NOBODY || end == End.ITSELF || oneIn(5) ? any(List.of(5, 20, 40, 300)) : 0;
        hurries = limit > 0 && limit <= 20;
        OnException onException =
                oneIn(5) ? any(List.of(OnException.HANDLED, OnException.CONTINUED)) : OnException.NOTHING;
        Composition made = new Composition(seed, random.nextInt(2), limit, onException, end, false, root());
        boolean forgets = made.hasEachStepOnce() && made.decides();
        return forgets ? new Composition(seed, made.way(), limit, onException, end, true, made.root()) : made;
    }

    private Node root() {
        return seed % 17 == 5 // the other seeds make what they made before
                ? new Pipeline(List.of(siblings(), sequence(0)))
                : sequence(0);
    }

    /** A saga that two branches begin at a time, of which the first comes to it later. */
    private Node siblings() {
        StepNode before = new StepNode(++steps, Form.COMMAND, How.SUCCEEDS, true, false, false, 0, null);
        StepNode within = new StepNode(++steps, Form.COMMAND, How.SUCCEEDS, true, false, false, 0, null);
        Around child = new Around(Around.Kind.CHILD, within);
        return new Multicast(false, true, false, List.of(new Pipeline(List.of(before, child)), child));
    }

    private Node sequence(int depth) {
        int length = depth == 0 ? 2 + random.nextInt(3) : 1 + random.nextInt(2);
        List<Node> parts = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            parts.add(node(depth));
        }
        return parts.size() == 1 ? parts.get(0) : new Pipeline(List.copyOf(parts));
    }

    private Node node(int depth) {
        if (depth >= DEEPEST || steps >= MOST_STEPS || random.nextInt(5) < 2) {
            return step(depth);
        }
        int deeper = depth + 1;
        return switch (random.nextInt(20)) {
            case 0, 1 -> new Split(1 + random.nextInt(3), random.nextBoolean(), oneIn(2), sequence(deeper));
            case 2, 3 -> new Multicast(oneIn(3), random.nextBoolean(), oneIn(2), several(deeper));
            case 4 -> new Loop(1 + random.nextInt(3), sequence(deeper));
            case 5, 14 -> new Choice(random.nextInt(2), sequence(deeper), sequence(deeper));
            case 6 -> forms.contains(Form.BEAN) && oneIn(3) ? triedAgain() : attempt(deeper);
            case 7 -> attempt(deeper);
            case 8 -> new Around(Around.Kind.FILTER, sequence(deeper));
            case 9 -> new Around(oneIn(3) ? Around.Kind.FILTER_THAT_REFUSES : Around.Kind.TO_ROUTE, sequence(deeper));
            case 10, 15 -> new Around(Around.Kind.WIRE_TAP, sequence(deeper));
            case 11 -> new Around(Around.Kind.ENRICH, sequence(deeper));
            case 16 -> child(deeper);
            case 12 -> new Around(any(DYNAMIC), sequence(deeper));
            case 13 -> new Breaker(any(List.of(Breaker.Kind.values())), sequence(deeper), sequence(deeper));
            default -> new Leaf(leaf());
        };
    }

    private Node attempt(int depth) {
        return new Try(sequence(depth), oneIn(4) ? null : sequence(depth), oneIn(4) ? sequence(depth) : null);
    }

    /** Its compensation cannot tell the two times apart. */
    private Node triedAgain() {
        StepNode step = new StepNode(++steps, Form.BEAN, How.FAILS_ONCE, true, oneIn(4), false, 0, null);
        return new Try(step, step, null);
    }

    /** The same saga may be begun at several places. */
    private Node child(int depth) {
        if (!children.isEmpty() && oneIn(2)) {
            return any(children);
        }
        Around child = new Around(Around.Kind.CHILD, sequence(depth));
        if (child.part().all().allMatch(Compositions::isTheSameEverywhere)) {
            children.add(child);
        }
        return child;
    }

    private static boolean isTheSameEverywhere(Node node) {
        return node instanceof StepNode step && step.inner() == null
                || node instanceof Pipeline
                || node instanceof Leaf;
    }

    private Leaf.Kind leaf() {
        if (oneIn(4)) {
            return Leaf.Kind.THROW;
        }
        if (blocks == 0 && oneIn(3)) {
            return Leaf.Kind.REMOVE_HEADERS;
        }
        return any(List.of(Leaf.Kind.DELAY, Leaf.Kind.THREADS, Leaf.Kind.THREADS, Leaf.Kind.POLL_ENRICH));
    }

    private List<Node> several(int depth) {
        return IntStream.range(0, 2 + random.nextInt(2))
                .mapToObj(i -> sequence(depth))
                .toList();
    }

    private Node step(int depth) {
        List<StepNode> again = made.stream()
                .filter(step -> blocks == 0 || step.form() != Form.BARE_COMMAND)
                .toList();
        if (!again.isEmpty() && oneIn(4)) {
            return any(again).at(++places);
        }
        StepNode step = another(depth);
        if (step.inner() == null) {
            made.add(step);
        }
        return step;
    }

    private StepNode another(int depth) {
        int number = ++steps;
        Form form = any(forms);
        if (form == Form.BARE_COMMAND && blocks > 0) {
            form = Form.COMMAND; // it would be a part of the step whose block it is in
        }
        How how = oneIn(6) ? any(How.ANY_TIME) : hurries && oneIn(4) ? How.IS_SLOW : How.SUCCEEDS;
        if (form == Form.BEAN && how.isOfCommandsOnly()) {
            how = How.IS_UNKNOWN_AND_DONE;
        }
        if (form == Form.BARE_COMMAND && how == How.IS_SECOND) {
            how = How.SUCCEEDS;
        }
        if (form == Form.BARE_COMMAND) {
            return new StepNode(number, form, how, false, false, false, 0, null);
        }
        boolean undone = !oneIn(6);
        int undoFails = !undone || !oneIn(how == How.IS_SLOW ? 2 : 6) ? 0 : oneIn(4) ? 1000 : 1 + random.nextInt(3);
        blocks++;
        Node inner = depth < DEEPEST && steps < MOST_STEPS && oneIn(8) ? sequence(depth + 1) : null;
        blocks--;
        boolean idempotent = form == Form.BEAN && oneIn(4);
        if (seed % 7 == 3 && form == Form.BEAN && undone && inner == null) {
            form = Form.SAGA; // the other seeds make what they made before there was this form
        }
        return new StepNode(number, form, how, undone, oneIn(4), idempotent, undoFails, inner);
    }
}
