package dev.caravan.saga.state;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the route of a saga looked like when the saga began, as far as its definition tells. A route that is run again is
 * compared with it.
 *
 * @param from the endpoint, without its options, of a route whose id was made by Camel and may be another's in the next
 *     version; {@code null}: the route has an id of its own
 * @param steps the names of the steps that the definition shows
 * @param commands of those steps that are blocks, by their names
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record RouteShape(@Nullable String from, List<String> steps, Map<String, List<String>> commands) {

    public RouteShape {
        from = InternedNames.name(from);
        steps = interned(steps);
        commands = interned(commands);
    }

    /** Of whose blocks no command is known. */
    public RouteShape(@Nullable String from, List<String> steps) {
        this(from, steps, Map.of());
    }

    private static List<String> interned(List<String> names) {
        return names == null
                ? List.of()
                : names.stream().map(InternedNames::name).toList();
    }

    private static Map<String, List<String>> interned(Map<String, List<String>> commands) {
        if (commands == null || commands.isEmpty()) {
            return Map.of();
        }
        Map<String, List<String>> interned = new LinkedHashMap<>();
        commands.forEach((step, names) -> interned.put(InternedNames.name(step), interned(names)));
        return SmallMaps.of(interned);
    }

    /** True when the step was not there before, and is now. */
    public boolean gains(String step, RouteShape before) {
        return steps.contains(step) && !before.steps().contains(step);
    }

    /** Those that the block of a step sends, in their order; none of a step that is not shown. */
    public List<String> commandsOf(String step) {
        return commands.getOrDefault(step, List.of());
    }

    /** True for a route from the same endpoint with the same steps. */
    public boolean isLike(@Nullable RouteShape other) {
        return other != null && from != null && from.equals(other.from()) && steps.equals(other.steps());
    }
}
