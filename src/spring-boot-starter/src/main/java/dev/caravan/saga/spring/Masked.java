package dev.caravan.saga.spring;

import dev.caravan.saga.Printable;
import dev.caravan.saga.message.SensitiveFields;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds what is shown in place of a sensitive field, in data that somebody sends back. */
final class Masked {

    private Masked() {}

    /** @return where the first one is, such as {@code customer.iban} or {@code items[1].card} */
    static Optional<String> in(Map<String, Object> data) {
        return in("", data).findFirst().map(Printable::of);
    }

    private static Stream<String> in(String place, @Nullable Object value) {
        if (value instanceof Map<?, ?> fields) {
            return fields.entrySet().stream()
                    .flatMap(field -> in(
                            place.isEmpty() ? String.valueOf(field.getKey()) : place + "." + field.getKey(),
                            field.getValue()));
        } else if (value instanceof Collection<?> elements) {
            Object[] all = elements.toArray();
            return IntStream.range(0, all.length).boxed().flatMap(i -> in("%s[%d]".formatted(place, i), all[i]));
        }
        return SensitiveFields.MASK.equals(value) ? Stream.of(place) : Stream.empty();
    }
}
