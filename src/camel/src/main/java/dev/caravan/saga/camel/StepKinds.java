package dev.caravan.saga.camel;

import dev.caravan.saga.StepKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.PropertyDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SagaDefinition;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the routes of sagas before any saga runs: the kinds of their steps must not contradict each
 * other, and no two are called the same. Steps are
 * followed by {@code direct:} endpoints, in the order in which the route names them.
 */
public final class StepKinds {

    private final RouteLinks links;
    private final boolean timeoutsAllowed;

    /** @param named whether the route says what its step is called, which it may share with another then */
    private record KnownStep(String route, @Nullable StepKind kind, boolean hasTimeout, String name, boolean named) {}

    private StepKinds(CamelContext context, boolean timeoutsAllowed) {
        this.timeoutsAllowed = timeoutsAllowed;
        this.links = new RouteLinks(context);
    }

    /**
     * @param timeoutsAllowed whether a saga with a pivot, and its steps, may have time-outs: a coordinator that knows
     *     nothing of the pivot would cancel it after that
     * @throws IllegalStateException the steps of a saga contradict each other; the text says which, and what to do
     */
    public static void check(CamelContext context, boolean timeoutsAllowed) {
        Recovery.check(context);
        StartKeyOf.check(context);
        KeptStarts.check(context);
        RouteVersions.check(context);
        OtherPaths.check(context);
        CallbackBlocks.check(context);
        StepKinds kinds = new StepKinds(context, timeoutsAllowed);
        kinds.links.routes().stream().filter(StepKinds::startsASaga).forEach(kinds::check);
    }

    static boolean startsASaga(RouteDefinition route) {
        SagaDefinition saga = saga(route);
        return saga != null
                && (saga.getPropagation() == null || saga.getPropagation().startsWith("REQUIRE"));
    }

    private static @Nullable SagaDefinition saga(RouteDefinition route) {
        return route.getOutputs().stream()
                .filter(SagaDefinition.class::isInstance)
                .map(SagaDefinition.class::cast)
                .findFirst()
                .orElse(null);
    }

    private void check(RouteDefinition route) {
        property(route, SagaConstants.RECOVERY).ifPresent(Recovery::parse);
        List<KnownStep> steps = new ArrayList<>();
        collect(route, steps, new HashSet<>());
        refuseSharedNames(route, steps);
        checkChild(route, steps);
        KnownStep pivot = null;
        for (KnownStep step : steps) {
            if (step.kind() == StepKind.PIVOT && pivot != null) {
                throw contradiction(route, "%s and %s are both pivots; a saga has one point of no return", pivot, step);
            } else if (step.kind() == StepKind.PIVOT) {
                pivot = step;
            } else if (step.kind() == StepKind.RETRIABLE && pivot == null) {
                throw contradiction(route, "%s is retriable, but no pivot comes before it", step);
            } else if (step.kind() == null && pivot != null) {
                throw contradiction(
                        route,
                        "%s comes after the pivot %s and is not undone any more; make it retriable",
                        step,
                        pivot);
            }
        }
        if (pivot != null && !timeoutsAllowed) {
            refuseTimeouts(route, steps, pivot);
        }
    }

    /** What is undone with another saga has neither a point of no return nor an end of its own. */
    private static void checkChild(RouteDefinition route, List<KnownStep> steps) {
        Optional<String> said = property(route, SagaConstants.CHILD);
        if (said.isEmpty()) {
            return;
        }
        if (!said.get().equals(SagaConstants.UNDONE_WITH_PARENT)) {
            throw new IllegalStateException("The property %s of route %s is '%s'. There is %s"
                    .formatted(SagaConstants.CHILD, route.getRouteId(), said.get(), SagaConstants.UNDONE_WITH_PARENT));
        }
        if (hasTimeout(route) || steps.stream().anyMatch(step -> step.hasTimeout() || step.kind() == StepKind.PIVOT)) {
            throw new IllegalStateException(
                    "Saga %s is undone with its parent, which may be later than a time-out of its own, and behind a pivot: take both out of it (property %s of the route)"
                            .formatted(route.getRouteId(), SagaConstants.CHILD));
        }
    }

    /** Two steps of one name would be told apart by their order only. */
    private static void refuseSharedNames(RouteDefinition route, List<KnownStep> steps) {
        Map<String, KnownStep> names = new HashMap<>();
        for (KnownStep step : steps) {
            KnownStep other = names.putIfAbsent(step.name(), step);
            if (other != null && !(other.named() && step.named())) {
                throw new IllegalStateException(
                        "The routes %s and %s of saga %s are both step %s. Give one of them a name: property %s of the route"
                                .formatted(
                                        other.route(),
                                        step.route(),
                                        route.getRouteId(),
                                        step.name(),
                                        SagaConstants.STEP_NAME));
            }
        }
    }

    private static void refuseTimeouts(RouteDefinition route, List<KnownStep> steps, KnownStep pivot) {
        String after = "a time-out, after which the LRA coordinator would cancel the saga";
        if (hasTimeout(route)) {
            throw contradiction(route, "it has the pivot %s and " + after, pivot);
        }
        steps.stream().filter(KnownStep::hasTimeout).findFirst().ifPresent(step -> {
            throw contradiction(route, "it has the pivot %s, and the <saga> of %s has " + after, pivot, step);
        });
    }

    private static boolean hasTimeout(RouteDefinition route) {
        SagaDefinition block = saga(route);
        return block != null && block.getTimeout() != null;
    }

    private static IllegalStateException contradiction(RouteDefinition route, String what, KnownStep... steps) {
        Object[] names = List.of(steps).stream().map(KnownStep::route).toArray();
        return new IllegalStateException(
                "The kinds of the steps of saga %s contradict each other: %s (property %s of the routes)"
                        .formatted(route.getRouteId(), what.formatted(names), SagaConstants.STEP_KIND));
    }

    private void collect(ProcessorDefinition<?> node, List<KnownStep> steps, Set<String> seen) {
        for (ProcessorDefinition<?> child : node.getOutputs()) {
            if (RouteLinks.sends(child)) {
                RouteDefinition target = links.to(links.plain(child)).orElse(null);
                if (target != null && seen.add(target.getRouteId())) {
                    if (saga(target) != null) {
                        steps.add(new KnownStep(
                                target.getRouteId(),
                                kind(target),
                                hasTimeout(target),
                                nameOf(target),
                                property(target, SagaConstants.STEP_NAME).isPresent()));
                    }
                    collect(target, steps, seen);
                }
            }
            collect(child, steps, seen);
        }
    }

    /** What the step is called that a block of this route is. */
    static String nameOf(RouteDefinition route) {
        return Steps.name(property(route, SagaConstants.STEP_NAME).orElse(RouteVersions.nameOf(route)));
    }

    private static @Nullable StepKind kind(RouteDefinition route) {
        return property(route, SagaConstants.STEP_KIND).map(Steps::kind).orElse(null);
    }

    private static Optional<String> property(RouteDefinition route, String key) {
        List<PropertyDefinition> properties =
                route.getRouteProperties() == null ? List.of() : route.getRouteProperties();
        return properties.stream()
                .filter(property -> property.getKey().equals(key))
                .findFirst()
                .map(PropertyDefinition::getValue);
    }
}
