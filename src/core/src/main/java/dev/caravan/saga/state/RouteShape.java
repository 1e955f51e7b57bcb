package dev.caravan.saga.state;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * What the route of a saga looked like when the saga began, as far as its definition tells. A route that is run again is
 * compared with it.
 *
 * @param from the endpoint, without its options, of a route whose id was made by Camel and may be another's in the next
 *     version; {@code null}: the route has an id of its own
 * @param steps the names of the steps that the definition shows
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record RouteShape(String from, List<String> steps) {

    public RouteShape {
        from = InternedNames.name(from);
        steps = steps == null
                ? List.of()
                : steps.stream().map(InternedNames::name).toList();
    }

    /** True when the step was not there before, and is now. */
    public boolean gains(String step, RouteShape before) {
        return steps.contains(step) && !before.steps().contains(step);
    }
}
