package dev.caravan.saga.routes;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A part of a route: an EIP with what stands in it, or a step. Immutable; prints itself. */
public sealed interface Node {

    /** What a step is made of. */
    enum Form {
        /** A {@code <saga>} block with a bean. */
        BEAN,
        /** A {@code <saga>} block with a command. */
        COMMAND,
        /** A command outside of any block. */
        BARE_COMMAND,
        /** A saga of its own with a bean, whose block is a step of it. */
        SAGA
    }

    /**
     * A step.
     *
     * @param number of this step alone in the composition
     * @param place tells the places apart at which the composition has the same step
     * @param undone it has a compensation
     * @param completed it has a completion
     * @param idempotent it may be done twice, and the route says so
     * @param undoFails how often its compensation fails before it works
     * @param inner steps within its block, before what it does itself; {@code null}: none
     */
    record StepNode(
            int number,
            int place,
            Form form,
            How how,
            boolean undone,
            boolean completed,
            boolean idempotent,
            int undoFails,
            Node inner)
            implements Node {

        public StepNode(
                int number,
                Form form,
                How how,
                boolean undone,
                boolean completed,
                boolean idempotent,
                int undoFails,
                Node inner) {
            this(number, 0, form, how, undone, completed, idempotent, undoFails, inner);
        }

        /** The same step at another place. */
        public StepNode at(int other) {
            return new StepNode(number, other, form, how, undone, completed, idempotent, undoFails, inner);
        }

        /** What tells its effects apart from those at other places. */
        public String name() {
            return place == 0 ? "" + number : number + "." + place;
        }

        public boolean isCommand() {
            return form == Form.COMMAND || form == Form.BARE_COMMAND;
        }

        @Override
        public List<Node> parts() {
            return inner == null ? List.of() : List.of(inner);
        }

        @Override
        public Node with(List<Node> parts) {
            return new StepNode(
                    number,
                    place,
                    form,
                    how,
                    undone,
                    completed,
                    idempotent,
                    undoFails,
                    parts.isEmpty() ? null : parts.get(0));
        }

        @Override
        public Stream<Node> simpler() {
            List<Node> simpler = new ArrayList<>();
            if (inner != null) {
                simpler.add(inner);
                simpler.add(new StepNode(number, place, form, how, undone, completed, idempotent, undoFails, null));
            }
            if (how != How.SUCCEEDS) {
                simpler.add(new StepNode(
                        number, place, form, How.SUCCEEDS, undone, completed, idempotent, undoFails, inner));
            }
            if (undoFails > 0) {
                simpler.add(new StepNode(number, place, form, how, undone, completed, idempotent, 0, inner));
            }
            if (completed) {
                simpler.add(new StepNode(number, place, form, how, undone, false, idempotent, undoFails, inner));
            }
            if (idempotent) {
                simpler.add(new StepNode(number, place, form, how, undone, completed, false, undoFails, inner));
            }
            return simpler.stream();
        }

        @Override
        public String toString() {
            return form.name().toLowerCase(Locale.ROOT)
                    + "-"
                    + name()
                    + (how == How.SUCCEEDS ? "" : " " + how.name().toLowerCase(Locale.ROOT))
                    + (undone || form == Form.BARE_COMMAND ? "" : " without compensation")
                    + (completed ? " with completion" : "")
                    + (idempotent ? " idempotent" : "")
                    + (undoFails == 0 ? "" : undoFails > 10 ? " never undone" : " undone at try " + (undoFails + 1))
                    + (inner == null ? "" : "(" + inner + ")");
        }
    }

    /** One after another. */
    record Pipeline(List<Node> parts) implements Node {
        @Override
        public Node with(List<Node> some) {
            return new Pipeline(some);
        }

        @Override
        public String toString() {
            return parts.stream().map(Node::toString).collect(Collectors.joining(", "));
        }
    }

    /** A split of so many parts. */
    record Split(int size, boolean parallel, boolean stops, Node part) implements Node {
        @Override
        public List<Node> parts() {
            return List.of(part);
        }

        @Override
        public Node with(List<Node> some) {
            return new Split(size, parallel, stops, some.get(0));
        }

        @Override
        public Stream<Node> simpler() {
            List<Node> simpler = new ArrayList<>(List.of(part));
            if (size > 1) {
                simpler.add(new Split(size - 1, parallel, stops, part));
            }
            if (parallel) {
                simpler.add(new Split(size, false, stops, part));
            }
            return simpler.stream();
        }

        @Override
        public String toString() {
            return "split%s%s %d(%s)".formatted(parallel ? " parallel" : "", stops ? " stop" : "", size, part);
        }
    }

    /** Each gets the message: a multicast, or a recipient list. */
    record Multicast(boolean list, boolean parallel, boolean stops, List<Node> parts) implements Node {
        @Override
        public Node with(List<Node> some) {
            return new Multicast(list, parallel, stops, some);
        }

        @Override
        public Stream<Node> simpler() {
            Stream<Node> alone = parts.stream();
            return parallel
                    ? Stream.concat(alone, Stream.of(new Multicast(list, false, stops, parts)))
                    : list ? Stream.concat(alone, Stream.of(new Multicast(false, false, stops, parts))) : alone;
        }

        @Override
        public String toString() {
            return "%s%s%s(%s)"
                    .formatted(
                            list ? "recipient list" : "multicast",
                            parallel ? " parallel" : "",
                            stops ? " stop" : "",
                            parts.stream().map(Node::toString).collect(Collectors.joining(" | ")));
        }
    }

    record Loop(int times, Node part) implements Node {
        @Override
        public List<Node> parts() {
            return List.of(part);
        }

        @Override
        public Node with(List<Node> some) {
            return new Loop(times, some.get(0));
        }

        @Override
        public Stream<Node> simpler() {
            return times > 1 ? Stream.of(part, new Loop(times - 1, part)) : Stream.of(part);
        }

        @Override
        public String toString() {
            return "loop %d(%s)".formatted(times, part);
        }
    }

    /** The first when the header {@code way} is so, the second when it is not. */
    record Choice(int way, Node first, Node second) implements Node {
        @Override
        public List<Node> parts() {
            return List.of(first, second);
        }

        @Override
        public Node with(List<Node> some) {
            return some.size() == 2 ? new Choice(way, some.get(0), some.get(1)) : some.get(0);
        }

        @Override
        public Stream<Node> simpler() {
            return parts().stream();
        }

        @Override
        public String toString() {
            return "choice way=%d(%s | %s)".formatted(way, first, second);
        }
    }

    /** What has one part in it, and no settings. */
    record Around(Kind kind, Node part) implements Node {
        public enum Kind {
            FILTER,
            FILTER_THAT_REFUSES,
            WIRE_TAP,
            ENRICH,
            CHILD,
            TO_ROUTE,
            /** Another exchange, on another thread, whose answer is waited for. */
            SEDA,
            /** {@code toD}. */
            TO_DYNAMIC,
            ROUTING_SLIP,
            DYNAMIC_ROUTER
        }

        @Override
        public List<Node> parts() {
            return List.of(part);
        }

        @Override
        public Node with(List<Node> some) {
            return new Around(kind, some.get(0));
        }

        @Override
        public Stream<Node> simpler() {
            return Stream.of(part);
        }

        @Override
        public String toString() {
            return "%s(%s)".formatted(kind.name().toLowerCase(Locale.ROOT).replace('_', ' '), part);
        }
    }

    /** {@code doTry}, {@code doCatch}, {@code doFinally}. */
    record Try(Node tried, Node caught, Node last) implements Node {
        @Override
        public List<Node> parts() {
            return Stream.of(tried, caught, last).filter(node -> node != null).toList();
        }

        @Override
        public Node with(List<Node> some) {
            int next = 1;
            return new Try(some.get(0), caught == null ? null : some.get(next++), last == null ? null : some.get(next));
        }

        @Override
        public Stream<Node> simpler() {
            List<Node> simpler = new ArrayList<>(parts());
            if (last != null) {
                simpler.add(new Try(tried, caught, null));
            }
            if (caught != null) {
                simpler.add(new Try(tried, null, last));
            }
            return simpler.stream();
        }

        @Override
        public String toString() {
            return "try(%s)%s%s"
                    .formatted(
                            tried,
                            caught == null ? " catch()" : " catch(" + caught + ")",
                            last == null ? "" : " finally(" + last + ")");
        }
    }

    /** {@code circuitBreaker}, {@code onFallback}. */
    record Breaker(Kind kind, Node tried, Node fallback) implements Node {
        public enum Kind {
            PLAIN,
            /** It ignores a business no. */
            IGNORES,
            /** It waits for nothing any more when the process has died. */
            OPENS,
            /** It waits for nothing until the process has died. */
            CLOSES
        }

        @Override
        public List<Node> parts() {
            return List.of(tried, fallback);
        }

        @Override
        public Node with(List<Node> some) {
            return new Breaker(kind, some.get(0), some.get(1));
        }

        @Override
        public Stream<Node> simpler() {
            return kind == Kind.PLAIN
                    ? parts().stream()
                    : Stream.concat(parts().stream(), Stream.of(new Breaker(Kind.PLAIN, tried, fallback)));
        }

        @Override
        public String toString() {
            return "circuit breaker%s(%s) fallback(%s)"
                    .formatted(
                            kind == Kind.PLAIN ? "" : " that " + kind.name().toLowerCase(Locale.ROOT), tried, fallback);
        }
    }

    /** What has nothing in it. */
    record Leaf(Kind kind) implements Node {

        /** Here, and not in what it implements: two threads that initialize both would wait for each other for ever. */
        public static final Node NOTHING = new Leaf(Kind.NOTHING);

        public enum Kind {
            /** The route goes on on another thread. */
            THREADS,
            /** A second goes by. */
            DELAY,
            THROW,
            /** All that the route does not need itself, the saga's among them. */
            REMOVE_HEADERS,
            /** {@code pollEnrich} from where nothing is. */
            POLL_ENRICH,
            NOTHING
        }

        @Override
        public List<Node> parts() {
            return List.of();
        }

        @Override
        public Node with(List<Node> some) {
            return this;
        }

        @Override
        public String toString() {
            return kind.name().toLowerCase(Locale.ROOT);
        }
    }

    List<Node> parts();

    /** The same with other parts. */
    Node with(List<Node> parts);

    /** Simpler ones in place of this one; its parts stay as they are. */
    default Stream<Node> simpler() {
        return Stream.of();
    }

    /** This one and all in it. */
    default Stream<Node> all() {
        return Stream.concat(Stream.of(this), parts().stream().flatMap(Node::all));
    }

    default Stream<StepNode> steps() {
        return all().filter(StepNode.class::isInstance).map(StepNode.class::cast);
    }

    /** Every one that is a little smaller, the much smaller first. */
    default Stream<Node> smaller() {
        Stream<Node> without = this instanceof Pipeline || this instanceof Multicast
                ? IntStream.range(0, parts().size())
                        .filter(i -> parts().size() > 1)
                        .mapToObj(i -> {
                            List<Node> rest = new ArrayList<>(parts());
                            rest.remove(i);
                            return with(rest);
                        })
                : Stream.of();
        Stream<Node> within = IntStream.range(0, parts().size()).boxed().flatMap(i -> Stream.concat(
                        parts().get(i) instanceof Leaf ? Stream.of() : Stream.of(Leaf.NOTHING),
                        parts().get(i).smaller())
                .map(part -> {
                    List<Node> changed = new ArrayList<>(parts());
                    changed.set(i, part);
                    return with(changed);
                }));
        return Stream.of(simpler(), without, within).flatMap(stream -> stream);
    }
}
