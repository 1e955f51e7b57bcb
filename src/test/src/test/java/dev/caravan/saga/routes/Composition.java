package dev.caravan.saga.routes;

import dev.caravan.saga.routes.Node.Around;
import dev.caravan.saga.routes.Node.Breaker;
import dev.caravan.saga.routes.Node.Choice;
import dev.caravan.saga.routes.Node.Form;
import dev.caravan.saga.routes.Node.Loop;
import dev.caravan.saga.routes.Node.Multicast;
import dev.caravan.saga.routes.Node.Pipeline;
import dev.caravan.saga.routes.Node.Split;
import dev.caravan.saga.routes.Node.StepNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The route of a saga, made at random.
 *
 * @param seed that it was made of, and that decides all else in its run
 * @param way the header that choices look at
 * @param limit the saga's time-out in seconds; 0: none
 * @param onException what the route does with exceptions that nobody catches
 * @param forgets what choices and filters look at is another thing when the process has died
 */
public record Composition(long seed, int way, int limit, OnException onException, End end, boolean forgets, Node root) {

    public enum OnException {
        NOTHING,
        HANDLED,
        CONTINUED
    }

    /** Who ends the saga. */
    public enum End {
        /** Its route. */
        AUTO,
        /** {@code saga:complete} at the end of the route. */
        ITSELF,
        /** A message that comes later. */
        COMPLETED_LATER,
        COMPENSATED_LATER,
        /** Its time-out. */
        NOBODY
    }

    public List<StepNode> steps() {
        return root.steps().toList();
    }

    /** What each step is, by its number, wherever it is. */
    public Map<Integer, StepNode> definitions() {
        return root.steps().collect(Collectors.toMap(StepNode::number, step -> step, (first, same) -> first));
    }

    /** By a message from somebody who waits for the answer; otherwise by the starter. */
    public boolean isStartedByMessage() {
        return seed % 4 < 2;
    }

    /** By a coordinator of MicroProfile LRA; otherwise by the log. */
    public boolean isOfLra() {
        return seed % 5 == 0;
    }

    /** Its time-out is that of each step, not of the saga. */
    public boolean limitsSteps() {
        return limit > 0 && end == End.AUTO && seed % 2 == 1;
    }

    /** Whether there is one of this kind in it. */
    public boolean has(Around.Kind kind) {
        return root.all().anyMatch(node -> node instanceof Around around && around.kind() == kind);
    }

    /** Run again, its route goes the way that it went: what it decides by is in the log, or comes of that. */
    public boolean isCertain() {
        return !forgets
                && root.all()
                        .noneMatch(node -> node instanceof Breaker breaker
                                && (breaker.kind() == Breaker.Kind.OPENS || breaker.kind() == Breaker.Kind.CLOSES));
    }

    /**
     * Run again, its route does not leave the way that the log has; a breaker that opened since is not asked where its way
     * has begun.
     */
    public boolean staysOnItsWay() {
        return !forgets
                && root.all()
                        .noneMatch(node -> node instanceof Breaker breaker
                                && (breaker.kind() == Breaker.Kind.CLOSES
                                        || breaker.kind() == Breaker.Kind.OPENS && !beginsByAStep(breaker.tried())));
    }

    private static boolean beginsByAStep(Node node) {
        return node instanceof Pipeline pipeline
                ? beginsByAStep(pipeline.parts().get(0))
                : node instanceof StepNode step && step.form() != Form.SAGA;
    }

    /** Its way depends on what it looks at. */
    boolean decides() {
        return !choices().isEmpty() || has(Around.Kind.FILTER) || has(Around.Kind.FILTER_THAT_REFUSES);
    }

    public List<Choice> choices() {
        return root.all()
                .filter(Choice.class::isInstance)
                .map(Choice.class::cast)
                .toList();
    }

    /** The steps that stand in the blocks of others. */
    public Set<Integer> inner() {
        return steps().stream()
                .filter(step -> step.inner() != null)
                .flatMap(step -> step.inner().steps())
                .map(StepNode::number)
                .collect(Collectors.toSet());
    }

    public boolean isParallel() {
        return root.all().anyMatch(Composition::isParallel);
    }

    /** Which branches of it are stopped when one fails depends on which was quicker. */
    public boolean isParallelAndStops() {
        return root.all()
                .anyMatch(node -> node instanceof Split split && split.parallel() && split.stops()
                        || node instanceof Multicast multicast && multicast.parallel() && multicast.stops());
    }

    /** The same step is taken by several branches at the same time. */
    public boolean repeatsInParallel() {
        return root.all().filter(Composition::isParallel).flatMap(Node::all).anyMatch(Composition::repeats)
                || root.all().filter(Composition::repeats).flatMap(Node::all).anyMatch(Composition::isParallel);
    }

    /** A wire tap may go on when the block that it is in has ended. */
    public boolean tapsInStep() {
        return steps().stream()
                .flatMap(Node::all)
                .anyMatch(node -> node instanceof Around around && around.kind() == Around.Kind.WIRE_TAP);
    }

    /** Each step is at one place and once there: what is in the log is known to be of that place. */
    boolean hasEachStepOnce() {
        return steps().stream().map(StepNode::number).distinct().count() == steps().size()
                && root.all().noneMatch(Composition::repeats);
    }

    public boolean has(Form form) {
        return steps().stream().anyMatch(step -> step.form() == form);
    }

    public boolean has(How how) {
        return steps().stream().anyMatch(step -> step.how() == how);
    }

    private static boolean isParallel(Node node) {
        return node instanceof Split split && split.parallel()
                || node instanceof Multicast multicast && multicast.parallel()
                || node instanceof Around around && around.kind() == Around.Kind.WIRE_TAP;
    }

    private static boolean repeats(Node node) {
        return node instanceof Split || node instanceof Loop;
    }

    public Stream<Composition> smaller() {
        Stream<Composition> settings = Stream.of(
                        limit > 0 && end != End.NOBODY && end != End.ITSELF
                                ? new Composition(seed, way, 0, onException, end, forgets, root)
                                : this,
                        new Composition(seed, way, limit, OnException.NOTHING, end, forgets, root),
                        new Composition(seed, way, limit, onException, End.AUTO, forgets, root),
                        new Composition(seed, way, limit, onException, end, false, root))
                .filter(other -> !other.equals(this));
        return Stream.concat(
                root.smaller().map(node -> new Composition(seed, way, limit, onException, end, forgets, node)),
                settings);
    }

    @Override
    public String toString() {
        return "%ssaga way=%d%s%s%s%s: %s"
                .formatted(
                        isOfLra() ? "lra " : "",
                        way,
                        forgets ? " forgets" : "",
                        limit == 0 ? "" : " timeout=" + limit + "s",
                        onException == OnException.NOTHING
                                ? ""
                                : " exceptions " + onException.name().toLowerCase(Locale.ROOT),
                        end == End.AUTO ? "" : " ends " + end.name().toLowerCase(Locale.ROOT),
                        root);
    }
}
