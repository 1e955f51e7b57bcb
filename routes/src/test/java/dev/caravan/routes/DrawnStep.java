package dev.caravan.routes;

import java.util.List;
import java.util.Optional;

/**
 * A step with the routes that end it.
 *
 * @param compensation {@code null}: it is not undone
 * @param completion {@code null}: it is final as it is
 */
record DrawnStep(DrawnRoute action, DrawnRoute compensation, DrawnRoute completion) {

    static DrawnStep of(DrawnRoute action, List<DrawnRoute> routes) {
        return new DrawnStep(
                action,
                action.compensation().map(uri -> from(uri, routes)).orElse(null),
                action.completion().map(uri -> from(uri, routes)).orElse(null));
    }

    /** @throws IllegalStateException there is no such route */
    static DrawnRoute from(String uri, List<DrawnRoute> routes) {
        return routes.stream()
                .filter(route -> route.from().equals(uri))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("No route begins with " + uri));
    }

    /** A row of the table of steps. */
    String row() {
        return "| `%s` | `%s` | %s | %s | %s | %s |"
                .formatted(
                        action.step(),
                        action.id(),
                        cell(action, "`%s` of `%s`"),
                        action.command().map(DrawnRoute.Command::fields).orElse(""),
                        cell(compensation, "`%s`"),
                        cell(completion, "`%s`"));
    }

    private static String cell(DrawnRoute route, String form) {
        return Optional.ofNullable(route)
                .flatMap(DrawnRoute::command)
                .map(command -> form.formatted(command.name(), command.service()))
                .orElse("");
    }
}
