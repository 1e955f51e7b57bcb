package dev.caravan.saga.state;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.saga.Step;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The message that the block of a step left at its end, in the form of START.
 *
 * @param kept the rest of the message; {@code null}: nothing
 * @param within the steps that were begun within the block
 * @param unkept why the message is not here: it could not be kept; {@code null}: it is here
 * @param stopped true: it ended the route, as {@code stop()} does; {@code null}: the route goes on behind it
 * @param since what has changed since an earlier message: that is all that the entry has; {@code null}: it has the whole
 *     message. In a state, it is always whole
 * @param sequence in a state, of the entry that has the message; {@code null}: not known, or it is in an entry
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record StepLeft(
        @Nullable JsonNode body,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Object> headers,
        @Nullable Kept kept,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Step> within,
        @Nullable String unkept,
        @Nullable Boolean stopped,
        @Nullable LeftSince since,
        @Nullable Long sequence) {

    /** For readers that do not know of {@code since}: to them, the message is not here. */
    private static final String TOLD_BY_SINCE = "told by since";

    /** Parts of a message that take no more room than to say where they are. */
    private static final int FEW = 2;

    public StepLeft {
        headers = SmallMaps.of(headers);
        within = within == null ? List.of() : List.copyOf(within);
    }

    /** A whole message. */
    public StepLeft(
            @Nullable JsonNode body,
            Map<String, Object> headers,
            @Nullable Kept kept,
            List<Step> within,
            @Nullable String unkept,
            @Nullable Boolean stopped) {
        this(body, headers, kept, within, unkept, stopped, null, null);
    }

    /** The block came to its end, and that is all that is known. */
    public static StepLeft unkept(String reason, List<Step> within) {
        return new StepLeft(null, Map.of(), null, within, reason, null);
    }

    /** What an entry says, or that it says nothing. */
    public static StepLeft orUnkept(@Nullable StepLeft said) {
        return said == null ? unkept("the log does not have the message that it left", List.of()) : said;
    }

    /** Why the message is not known; {@code null}: it is, here or by what has changed since an earlier one. */
    public @Nullable String whyUnkept() {
        return since == null ? unkept : null;
    }

    /** The same message by what has changed since the one before, where that says less. */
    StepLeft shortened(SagaState saga) {
        if (unkept != null || since != null || saga.start() == null) {
            return this;
        }
        StepLeft first = of(saga.start());
        LeftSince changed = LeftSince.between(latest(saga.steps()).orElse(first), this);
        if (changed.body() != null && SameValues.are(body, first.body())) {
            changed = LeftSince.between(first, this);
        }
        return changed.spares(this) > FEW
                ? new StepLeft(null, Map.of(), null, within, TOLD_BY_SINCE, stopped, changed, null)
                : this;
    }

    /** Of the step that was enlisted last; those of branches may have been left in another order. */
    private static Optional<StepLeft> latest(List<StepState> steps) {
        for (int i = steps.size() - 1; i >= 0; i--) {
            StepLeft left = steps.get(i).left();
            if (left != null && left.sequence() != null && left.unkept() == null) {
                return Optional.of(left);
            }
        }
        return Optional.empty();
    }

    private static StepLeft of(SagaEvent.Start start) {
        return new StepLeft(start.body(), start.headers(), start.kept(), List.of(), null, null);
    }

    /** As a state has it: the whole message, and which entry has it. */
    StepLeft whole(SagaState saga, long entry) {
        if (since == null) {
            return new StepLeft(body, headers, kept, within, unkept, stopped, null, entry);
        }
        Optional<StepLeft> before = since.sequence() == null
                ? Optional.ofNullable(saga.start()).map(StepLeft::of)
                : saga.steps().stream()
                        .map(StepState::left)
                        .filter(left -> left != null
                                && left.unkept() == null
                                && since.sequence().equals(left.sequence()))
                        .findFirst();
        return before.map(message -> since.after(message, this, entry))
                .orElseGet(
                        () -> unkept("the log does not have the message before it, of which it says the rest", within));
    }
}
