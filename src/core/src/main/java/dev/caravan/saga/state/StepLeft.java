package dev.caravan.saga.state;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.saga.Step;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The message that the block of a step left at its end, in the form of START.
 *
 * @param kept the rest of the message; {@code null}: nothing
 * @param within the steps that were begun within the block
 * @param unkept why the message is not here: it could not be kept; {@code null}: it is here
 * @param stopped true: it ended the route, as {@code stop()} does; {@code null}: the route goes on behind it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record StepLeft(
        @Nullable JsonNode body,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Object> headers,
        @Nullable Kept kept,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Step> within,
        @Nullable String unkept,
        @Nullable Boolean stopped) {

    public StepLeft {
        headers = SmallMaps.of(headers);
        within = within == null ? List.of() : List.copyOf(within);
    }

    /** The block came to its end, and that is all that is known. */
    public static StepLeft unkept(String reason, List<Step> within) {
        return new StepLeft(null, Map.of(), null, within, reason, null);
    }

    /** What an entry says, or that it says nothing. */
    public static StepLeft orUnkept(@Nullable StepLeft said) {
        return said == null ? unkept("the log does not have the message that it left", List.of()) : said;
    }
}
