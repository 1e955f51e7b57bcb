package dev.caravan.saga.state;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a saga's message had beside body and headers, and what JSON does not tell of it.
 *
 * @param properties the application's exchange properties
 * @param variables the exchange's variables
 * @param kinds by JSON pointer, of which kind a value of body, headers, properties or variables was: {@code "/body":
 *     "text"}; of any other, JSON tells it
 * @param pattern {@code "InOnly"} for a message to which nobody expects an answer; {@code null}: somebody does
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Kept(
        Map<String, Object> properties,
        Map<String, Object> variables,
        Map<String, String> kinds,
        @Nullable String pattern) {

    public static final Kept NOTHING = new Kept(Map.of(), Map.of(), Map.of(), null);

    public Kept {
        properties = SmallMaps.of(properties);
        variables = SmallMaps.of(variables);
        kinds = kinds == null ? Map.of() : kinds;
    }

    /** @return {@code null} for nothing: it is left out of the log */
    public static @Nullable Kept of(
            Map<String, Object> properties,
            Map<String, Object> variables,
            Map<String, String> kinds,
            @Nullable String pattern) {
        Kept kept = new Kept(properties, variables, kinds, pattern);
        return kept.equals(NOTHING) ? null : kept;
    }
}
