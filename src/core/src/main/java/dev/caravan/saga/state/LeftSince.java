package dev.caravan.saga.state;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A message by what has changed since an earlier one of its saga, so that a payload that steps do not change is in the log
 * once. Part by part: the body, each header, each property, each variable, and the kind of each value.
 *
 * @param sequence of the entry that has the earlier message; {@code null}: START
 * @param body the new one; {@code null}: as it was, unless it is gone
 * @param headers those that are new or not the same
 * @param kept properties, variables and kinds that are new or not the same, and the pattern; {@code null}: none
 * @param gone what is there no more, by JSON pointer: {@code "/body"}, {@code "/headers/ticket"}
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record LeftSince(
        @Nullable Long sequence,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable JsonNode body,
        Map<String, Object> headers,
        @Nullable Kept kept,
        List<String> gone) {

    private static final String BODY = "/body";
    private static final int BODY_COUNTS = 3;

    public LeftSince {
        headers = SmallMaps.of(headers);
        gone = gone == null ? List.of() : gone;
    }

    /** The event as it is written: the end of a step has its message in this form where that says less. */
    public static SagaEvent in(SagaEvent event, SagaState saga) {
        return event instanceof SagaEvent.StepEnd end && end.left() != null
                ? new SagaEvent.StepEnd(end.step(), end.left().shortened(saga))
                : event;
    }

    static LeftSince between(StepLeft before, StepLeft now) {
        List<String> gone = new ArrayList<>();
        boolean sameBody = SameValues.are(before.body(), now.body());
        if (now.body() == null && !sameBody) {
            gone.add(BODY);
        }
        return new LeftSince(
                before.sequence(),
                sameBody ? null : now.body(),
                changed("headers", before.headers(), now.headers(), gone),
                Kept.of(
                        changed(
                                "properties",
                                rest(before).properties(),
                                rest(now).properties(),
                                gone),
                        changed("variables", rest(before).variables(), rest(now).variables(), gone),
                        changed("kinds", rest(before).kinds(), rest(now).kinds(), gone),
                        rest(now).pattern()),
                gone);
    }

    /** How many parts of a message are not said again; a body counts for several. */
    int spares(StepLeft now) {
        int changed = rest(kept).properties().size()
                + rest(kept).variables().size()
                + rest(kept).kinds().size();
        int all = rest(now).properties().size()
                + rest(now).variables().size()
                + rest(now).kinds().size();
        int bodies = now.body() != null && body == null ? BODY_COUNTS : 0;
        return bodies + now.headers().size() - headers.size() + all - changed - gone.size();
    }

    /** The message that this says, which shares with the one before what has not changed. */
    StepLeft after(StepLeft before, StepLeft said, long entry) {
        Set<String> left = new HashSet<>(gone);
        return new StepLeft(
                body == null && !left.contains(BODY) ? before.body() : body,
                changed("headers", before.headers(), headers, left),
                Kept.of(
                        changed(
                                "properties",
                                rest(before).properties(),
                                rest(kept).properties(),
                                left),
                        changed(
                                "variables",
                                rest(before).variables(),
                                rest(kept).variables(),
                                left),
                        changed("kinds", rest(before).kinds(), rest(kept).kinds(), left),
                        rest(kept).pattern()),
                said.within(),
                null,
                said.stopped(),
                null,
                entry);
    }

    private static Kept rest(StepLeft message) {
        return rest(message.kept());
    }

    private static Kept rest(@Nullable Kept kept) {
        return kept == null ? Kept.NOTHING : kept;
    }

    private static <T> Map<String, T> changed(
            String part, Map<String, T> before, Map<String, T> now, List<String> gone) {
        Map<String, T> changed = new LinkedHashMap<>();
        before.keySet().stream().filter(name -> !now.containsKey(name)).forEach(name -> gone.add(pointer(part, name)));
        now.forEach((name, value) -> {
            if (!before.containsKey(name) || !SameValues.are(before.get(name), value)) {
                changed.put(name, value);
            }
        });
        return changed;
    }

    private static <T> Map<String, T> changed(
            String part, Map<String, T> before, Map<String, T> changed, Set<String> gone) {
        if (changed.isEmpty() && gone.isEmpty()) {
            return before;
        }
        Map<String, T> all = new LinkedHashMap<>(before);
        all.keySet().removeIf(name -> gone.contains(pointer(part, name)));
        all.putAll(changed);
        return all;
    }

    private static String pointer(String part, String name) {
        return "/" + part + "/" + name.replace("~", "~0").replace("/", "~1");
    }
}
