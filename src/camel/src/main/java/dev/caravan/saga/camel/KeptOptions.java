package dev.caravan.saga.camel;

import dev.caravan.saga.camel.KeptValues.Place;
import dev.caravan.saga.state.Correction;
import dev.caravan.saga.state.StepState;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.saga.CamelSagaStep;
import org.jspecify.annotations.Nullable;

/**
 * The options of a step, in the form of the saga log.
 *
 * @param kinds {@code null}: JSON tells all
 */
record KeptOptions(Map<String, Object> values, @Nullable Map<String, String> kinds) {

    private static final String OPTIONS = "/options";

    /**
     * Evaluates them; an option without a value is none. A stream that is the body can be read again afterwards.
     *
     * @throws NotKeptException an option would not come back as it is
     */
    static KeptOptions of(Exchange exchange, CamelSagaStep step) {
        Map<String, String> kinds = new LinkedHashMap<>();
        KeptValues values = new KeptValues(exchange.getContext(), kinds);
        Map<String, Object> options = new LinkedHashMap<>();
        if (!step.getOptions().isEmpty()) {
            KeptValues.makeReadable(exchange);
        }
        step.getOptions().forEach((key, expression) -> {
            if (StepOptions.isReserved(key)) {
                return;
            }
            Object value = expression.evaluate(exchange, Object.class);
            if (value != null && !Credentials.isInOption(exchange, key, value)) {
                Place place = new Place("option '%s'".formatted(key), OPTIONS).in(key);
                options.put(key, values.write(place, value));
            }
        });
        return new KeptOptions(values.asRead(options), kinds.isEmpty() ? null : kinds);
    }

    /** The options as they were, or as an operator corrected them. */
    static Map<String, Object> read(CamelContext context, StepState step) {
        Map<String, String> kinds = step.enlistment().kinds();
        KeptValues values = new KeptValues(context, kinds == null ? Map.of() : kinds);
        Map<String, Object> read = new LinkedHashMap<>();
        Correction.options(step)
                .forEach((key, value) ->
                        read.put(key, values.read(new Place("option '%s'".formatted(key), OPTIONS).in(key), value)));
        return read;
    }
}
