package dev.caravan.saga.state;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether nobody can tell two values of a message apart: unlike {@code equals}, it looks at the order of fields, and at the
 * zeros behind a decimal's point.
 */
final class SameValues {

    private SameValues() {}

    static boolean are(@Nullable Object one, @Nullable Object other) {
        if (one == other) {
            return true;
        } else if (one == null || other == null) {
            return false;
        } else if (one instanceof Map<?, ?> map) {
            return other instanceof Map<?, ?> more
                    && areAll(map.entrySet().iterator(), more.entrySet().iterator());
        } else if (one instanceof List<?> list) {
            return other instanceof List<?> more && areAll(list.iterator(), more.iterator());
        } else if (one instanceof Map.Entry<?, ?> entry) {
            return other instanceof Map.Entry<?, ?> more
                    && entry.getKey().equals(more.getKey())
                    && are(entry.getValue(), more.getValue());
        } else if (one.getClass() != other.getClass()) {
            return false;
        } else if (one instanceof JsonNode node) {
            return areNodes(node, (JsonNode) other);
        }
        return one.equals(other);
    }

    private static boolean areNodes(JsonNode one, JsonNode other) {
        if (one.isObject()) {
            return areAll(one.properties().iterator(), other.properties().iterator());
        } else if (one.isArray()) {
            return areAll(one.iterator(), other.iterator());
        }
        return one.equals(other) && (!one.isNumber() || one.asText().equals(other.asText()));
    }

    private static boolean areAll(Iterator<?> one, Iterator<?> other) {
        while (one.hasNext() && other.hasNext()) {
            if (!are(one.next(), other.next())) {
                return false;
            }
        }
        return one.hasNext() == other.hasNext();
    }
}
