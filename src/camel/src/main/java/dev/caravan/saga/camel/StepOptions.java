package dev.caravan.saga.camel;

import java.util.List;
import java.util.Locale;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.model.PropertyExpressionDefinition;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.saga.CamelSagaStep;
import org.jspecify.annotations.Nullable;

/** Options of a {@code <saga>} block that say something of the step itself, and are none of its compensation's. */
final class StepOptions {

    private static final String RESERVED = "caravan.";

    private StepOptions() {}

    /** What the block says that the key of the saga is that it starts; {@code null}: nothing. */
    static @Nullable PropertyExpressionDefinition keyOf(SagaDefinition block) {
        return block.getOptions() == null
                ? null
                : block.getOptions().stream()
                        .filter(option -> SagaConstants.KEY.equals(option.getKey()))
                        .findFirst()
                        .orElse(null);
    }

    /** What the block says of attributes of its saga. */
    static List<PropertyExpressionDefinition> attributesOf(SagaDefinition block) {
        return block.getOptions() == null
                ? List.of()
                : block.getOptions().stream()
                        .filter(option -> option.getKey().startsWith(SagaConstants.ATTRIBUTE))
                        .toList();
    }

    static boolean isReserved(String option) {
        return option.startsWith(RESERVED);
    }

    /** @throws IllegalArgumentException a reserved option is not known, or has another value than it may have */
    static boolean isIdempotent(Exchange exchange, CamelSagaStep step) {
        boolean idempotent = false;
        for (String option : step.getOptions().keySet()) {
            if (option.equals(SagaConstants.IDEMPOTENT)) {
                idempotent = isTrue(exchange, step.getOptions().get(option));
            } else if (isReserved(option)
                    && !option.equals(SagaConstants.KEY)
                    && !option.startsWith(SagaConstants.ATTRIBUTE)) {
                throw new IllegalArgumentException(
                        "The option %s of a <saga> block is not known: of those that begin with '%s' there are %s, %s and %s<name>"
                                .formatted(
                                        option,
                                        RESERVED,
                                        SagaConstants.IDEMPOTENT,
                                        SagaConstants.KEY,
                                        SagaConstants.ATTRIBUTE));
            }
        }
        return idempotent;
    }

    private static boolean isTrue(Exchange exchange, Expression expression) {
        String value = expression.evaluate(exchange, String.class);
        return switch (value == null ? "" : value.strip().toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default ->
                throw new IllegalArgumentException("The option %s of a <saga> block is '%s'. Say true or false"
                        .formatted(SagaConstants.IDEMPOTENT, value));
        };
    }
}
