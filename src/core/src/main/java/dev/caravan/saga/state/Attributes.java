package dev.caravan.saga.state;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A step says what the saga can be found by from now on. What it does not name stays; what an instance wrote that had lost
 * the saga counts for nothing, as for every event.
 *
 * @param attributes texts, numbers and booleans, by their names
 */
public record Attributes(@Required Map<String, Object> attributes) implements SagaEvent.OfStarts {

    public Attributes {
        attributes = SmallMaps.of(attributes);
    }

    /** How the saga began, or is to begin, as it is after the event. */
    static SagaEvent.@Nullable Start startAfter(SagaEvent.@Nullable Start start, SagaEvent event) {
        if (event instanceof SagaEvent.Start begins) {
            return begins;
        }
        if (start != null && event instanceof Begin begin) {
            return Begin.now(start, begin.coordinator());
        }
        return start != null && event instanceof Attributes changed ? changed.in(start) : start;
    }

    private SagaEvent.Start in(SagaEvent.Start start) {
        Map<String, Object> all = new LinkedHashMap<>(start.attributes());
        all.putAll(attributes);
        return Begin.start(start, start.coordinator(), all, start.at());
    }
}
