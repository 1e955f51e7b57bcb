package dev.caravan.saga.camel;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.temporal.TemporalAccessor;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.model.PropertyExpressionDefinition;
import org.jspecify.annotations.Nullable;

/**
 * What a saga can be found by, as the options {@code caravan.attribute.<name>} of its {@code <saga>} blocks say: text,
 * numbers, true and false; a time is text. One without a value is none.
 */
final class SagaAttributes {

    private static final int MOST = 20;
    private static final int LONGEST = 200;
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,49}");

    private SagaAttributes() {}

    /**
     * Those of the block that the exchange is in.
     *
     * @throws IllegalArgumentException one could not be found by
     */
    static Map<String, Object> of(Exchange exchange) {
        BlockRun run = SagaContext.of(exchange).block();
        List<PropertyExpressionDefinition> declared =
                run == null ? List.of() : run.block().attributes();
        if (declared.isEmpty()) {
            return Map.of();
        }
        if (declared.size() > MOST) {
            throw new IllegalArgumentException(
                    "A <saga> block says %d attributes of its saga; it may say %d".formatted(declared.size(), MOST));
        }
        KeptValues.makeReadable(exchange);
        Map<String, Object> attributes = new LinkedHashMap<>();
        for (PropertyExpressionDefinition option : declared) {
            String name = option.getKey().substring(SagaConstants.ATTRIBUTE.length());
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "The attribute '%s' of a saga needs another name: a letter, then up to 49 letters, digits, - or _"
                                .formatted(name));
            }
            Object value = plain(name, option.getExpression().evaluate(exchange, Object.class));
            if (value != null) {
                attributes.put(name, value);
            }
        }
        return attributes;
    }

    private static @Nullable Object plain(String name, Object value) {
        if (value == null || value instanceof Boolean) {
            return value;
        } else if (value instanceof JsonNode node && node.isValueNode()) {
            return ofJson(name, node);
        } else if (value instanceof Number number) {
            return plain(name, number);
        } else if (value instanceof Date date) {
            return date.toInstant().toString();
        } else if (value instanceof CharSequence
                || value instanceof TemporalAccessor
                || value instanceof Enum
                || value instanceof UUID
                || value instanceof Character) {
            return text(name, value.toString());
        }
        throw new IllegalArgumentException(
                "The attribute %s of a saga is a %s: say a text, a number, a time, or true or false"
                        .formatted(name, value.getClass().getSimpleName()));
    }

    private static @Nullable Object ofJson(String name, JsonNode node) {
        if (node.isNumber()) {
            return plain(name, node.numberValue());
        } else if (node.isBoolean()) {
            return node.booleanValue();
        }
        return node.isNull() || node.isMissingNode() ? null : text(name, node.asText());
    }

    /** As JSON has it when it is read again. */
    private static Object plain(String name, Number number) {
        BigDecimal exact;
        try {
            exact = new BigDecimal(number.toString());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "The attribute %s of a saga is %s, which is no number to compare with".formatted(name, number), e);
        }
        if (number instanceof Double || number instanceof Float || number instanceof BigDecimal) {
            return exact;
        }
        BigInteger whole = exact.toBigInteger();
        if (whole.bitLength() >= Long.SIZE) {
            throw new IllegalArgumentException(
                    "The attribute %s of a saga is %s: a number has up to 18 figures, say it as text"
                            .formatted(name, number));
        }
        return whole.bitLength() < Integer.SIZE ? (Object) whole.intValue() : whole.longValue();
    }

    private static String text(String name, String text) {
        if (text.length() > LONGEST) {
            throw new IllegalArgumentException("The attribute %s of a saga has %d characters; it may have %d"
                    .formatted(name, text.length(), LONGEST));
        }
        return text;
    }
}
