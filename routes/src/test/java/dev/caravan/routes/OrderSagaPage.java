package dev.caravan.routes;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The page about the order saga, made from its route files. */
final class OrderSagaPage {

    private static final String PAGE = """
            # The order saga

            Drawn from the route files, and not by hand: `OrderSagaPageTest` fails when this page is not what the routes
            say. This writes it anew:

            ```
            mvn test -pl routes -am -Dtest=OrderSagaPageTest -Dsurefire.failIfNoSpecifiedTests=false -Dpage.write=true
            ```

            A box is a route, with the command that it sends. The words are explained in [concepts](concepts.md).

            ## Orchestrated

            `routes/orchestration/order-saga.camel.xml`. Forward, the steps one after another; when all are done, the
            completions; when one fails, the compensations of those that may have taken effect, the last one first.

            %s
            | step | route | action | is sent | compensation | completion |
            |---|---|---|---|---|---|
            %s

            Each command has `%s`.

            ## By events

            `routes/choreography`, a file for each service. Forward, each service reacts to the event before it. A dotted
            arrow is a step that says no.

            %s
            The saga has the time-out `%s`. The service that started it decides how it ends. Completions and compensations
            are called the last one first, as above, and say what they did.

            %s
            | step | route | action | is sent | compensation | completion |
            |---|---|---|---|---|---|
            %s

            | event | topic | said by | heard by |
            |---|---|---|---|
            %s
            """;

    private final List<DrawnRoute> orchestrated;
    private final List<DrawnRoute> byEvents;

    OrderSagaPage(Path orchestration, List<Path> choreography) {
        this.orchestrated = DrawnRoute.of(orchestration);
        this.byEvents = choreography.stream()
                .flatMap(file -> DrawnRoute.of(file).stream())
                .toList();
    }

    String text() {
        List<DrawnStep> steps = start(orchestrated).calls().stream()
                .map(uri -> DrawnStep.of(DrawnStep.from(uri, orchestrated), orchestrated))
                .toList();
        List<DrawnStep> eventSteps = stepsByEvents();
        return PAGE.formatted(
                pictureOf(steps),
                rows(steps, DrawnStep::row),
                only(steps.stream()
                        .map(step -> step.action().command().orElseThrow().otherOptions())),
                pictureByEvents(eventSteps),
                start(byEvents).timeout(),
                endsByEvents(eventSteps),
                rows(eventSteps, DrawnStep::row),
                rows(events().entrySet(), event -> eventRow(event.getKey(), event.getValue())));
    }

    private static DrawnRoute start(List<DrawnRoute> routes) {
        return routes.stream().filter(DrawnRoute::startsASaga).findFirst().orElseThrow();
    }

    /** What all say, which is written once; if they differ, the table needs a column. */
    private static String only(Stream<String> options) {
        Set<String> different = options.collect(Collectors.toSet());
        if (different.size() > 1) {
            throw new IllegalStateException("Steps have different options: " + different);
        }
        return different.iterator().next();
    }

    private static <T> String rows(Iterable<T> of, Function<T, String> row) {
        List<String> rows = new ArrayList<>();
        of.forEach(one -> rows.add(row.apply(one)));
        return String.join("\n", rows);
    }

    private String pictureOf(List<DrawnStep> steps) {
        Mermaid picture = new Mermaid("LR");
        picture.end(start(orchestrated).id());
        steps.forEach(step -> box(picture, step.action()));
        picture.chain(
                Stream.concat(Stream.of(start(orchestrated)), steps.stream().map(DrawnStep::action))
                        .map(DrawnRoute::id)
                        .toList());
        drawEnds(picture, steps);
        Stream.concat(completions(steps).stream().map(DrawnRoute::id), Stream.of("COMPLETED"))
                .findFirst()
                .ifPresent(first ->
                        picture.arrow(steps.get(steps.size() - 1).action().id(), first));
        steps.stream()
                .filter(step -> step.compensation() != null)
                .forEach(step -> picture.dotted(
                        step.action().id(), "undone by", step.compensation().id()));
        return picture.block();
    }

    private static void box(Mermaid picture, DrawnRoute route) {
        List<String> lines = new ArrayList<>(List.of(route.id()));
        route.command().ifPresent(command -> lines.add(command.name()));
        route.calls().stream().filter(uri -> uri.startsWith("saga:")).forEach(lines::add);
        picture.box(route.id(), lines.toArray(String[]::new));
    }

    /** Two chains: completions to COMPLETED, compensations to COMPENSATED, the last step's first. */
    private static void drawEnds(Mermaid picture, List<DrawnStep> steps) {
        drawEnd(picture, completions(steps), "COMPLETED");
        drawEnd(picture, compensations(steps), "COMPENSATED");
    }

    private static void drawEnd(Mermaid picture, List<DrawnRoute> routes, String end) {
        routes.forEach(route -> box(picture, route));
        picture.end(end);
        picture.chain(Stream.concat(routes.stream().map(DrawnRoute::id), Stream.of(end))
                .toList());
    }

    private static List<DrawnRoute> completions(List<DrawnStep> steps) {
        return backwards(steps, DrawnStep::completion);
    }

    private static List<DrawnRoute> compensations(List<DrawnStep> steps) {
        return backwards(steps, DrawnStep::compensation);
    }

    private static List<DrawnRoute> backwards(List<DrawnStep> steps, Function<DrawnStep, DrawnRoute> which) {
        List<DrawnRoute> routes = new ArrayList<>(
                steps.stream().map(which).filter(route -> route != null).toList());
        Collections.reverse(routes);
        return routes;
    }

    /** In the order in which the events carry the saga on. */
    private List<DrawnStep> stepsByEvents() {
        List<DrawnStep> steps = new ArrayList<>();
        follow(
                start(byEvents).calls().stream()
                        .filter(uri -> uri.startsWith("direct:"))
                        .toList(),
                steps);
        return steps;
    }

    private void follow(List<String> endpoints, List<DrawnStep> steps) {
        for (String endpoint : endpoints) {
            DrawnRoute route = DrawnStep.from(endpoint, byEvents);
            if (route.isStep()) {
                steps.add(DrawnStep.of(route, byEvents));
                route.says().stream()
                        .filter(said -> !said.no())
                        .forEach(said -> follow(whatHears(said.event()), steps));
            }
        }
    }

    private List<String> whatHears(String event) {
        return byEvents.stream()
                .map(route -> route.hears().get(event))
                .filter(target -> target != null)
                .toList();
    }

    private String pictureByEvents(List<DrawnStep> steps) {
        Mermaid picture = new Mermaid("LR");
        DrawnRoute start = start(byEvents);
        Set<DrawnRoute> drawn =
                new LinkedHashSet<>(steps.stream().map(DrawnStep::action).toList());
        Set<String> events = new LinkedHashSet<>();
        drawn.forEach(route -> route.says().forEach(said -> events.add(said.event())));
        events.forEach(event -> whatHears(event).forEach(uri -> drawn.add(DrawnStep.from(uri, byEvents))));
        picture.end(start.id());
        drawn.stream().map(DrawnRoute::file).distinct().forEach(service -> {
            picture.group(service);
            drawn.stream().filter(route -> route.file().equals(service)).forEach(route -> box(picture, route));
            picture.endOfGroup();
        });
        events.forEach(picture::event);
        picture.arrow(start.id(), steps.get(0).action().id());
        for (DrawnRoute route : drawn) {
            for (DrawnRoute.Said said : route.says()) {
                if (said.no()) {
                    picture.dotted(route.id(), "says no", said.event());
                } else {
                    picture.arrow(route.id(), said.event());
                }
            }
        }
        for (String event : events) {
            whatHears(event)
                    .forEach(uri ->
                            picture.arrow(event, DrawnStep.from(uri, byEvents).id()));
        }
        return picture.block();
    }

    private String endsByEvents(List<DrawnStep> steps) {
        Mermaid picture = new Mermaid("LR");
        endOf("saga:complete").forEach(route -> box(picture, route));
        endOf("saga:compensate").forEach(route -> box(picture, route));
        drawEnds(picture, steps);
        endOf("saga:complete")
                .forEach(route ->
                        picture.arrow(route.id(), completions(steps).get(0).id()));
        endOf("saga:compensate")
                .forEach(route ->
                        picture.arrow(route.id(), compensations(steps).get(0).id()));
        for (DrawnRoute route : compensations(steps)) {
            for (DrawnRoute.Said said : route.says()) {
                picture.event(said.event()).dotted(route.id(), "says", said.event());
            }
        }
        return picture.block();
    }

    /** The routes that an event leads to and that end the saga in this way. */
    private List<DrawnRoute> endOf(String uri) {
        return byEvents.stream()
                .filter(route -> !route.startsASaga() && route.calls().contains(uri))
                .toList();
    }

    /** Each event, with the routes that say it. */
    private Map<DrawnRoute.Said, List<DrawnRoute>> events() {
        Map<DrawnRoute.Said, List<DrawnRoute>> events = new LinkedHashMap<>();
        byEvents.forEach(
                route -> route.says().forEach(said -> events.computeIfAbsent(said, unknown -> new ArrayList<>())
                        .add(route)));
        return events;
    }

    private String eventRow(DrawnRoute.Said said, List<DrawnRoute> sayers) {
        return "| `%s` | `%s` | %s | %s |"
                .formatted(
                        said.event(),
                        said.topic(),
                        names(sayers.stream().map(DrawnRoute::id)),
                        names(whatHears(said.event()).stream()
                                .map(uri -> DrawnStep.from(uri, byEvents).id())));
    }

    private static String names(Stream<String> ids) {
        String names = ids.map("`%s`"::formatted).collect(Collectors.joining(", "));
        return names.isEmpty() ? "nobody: it is for who watches" : names;
    }
}
