package dev.caravan.saga.camel;

import java.util.List;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.model.SetHeaderDefinition;
import org.apache.camel.model.SetHeadersDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of routes that set the key of a saga when it has begun. Camel has a {@code <saga>} begin first, wherever its route
 * says it, so what stands before it comes after START.
 */
public final class LateKeys {

    private static final Logger LOGGER = LoggerFactory.getLogger(LateKeys.class);

    private LateKeys() {}

    /** Writes one warning that names them all; none when there is none. */
    public static void warn(CamelContext context) {
        List<String> lines = lines(context);
        if (!lines.isEmpty()) {
            LOGGER.warn(
                    "Routes of sagas set the header {} when their saga has begun, also where it stands before the <saga>: {}. Such a"
                            + " saga has no key, and is started by each message. Say it with the block, by the option {}, for"
                            + " instance .saga().option(\"{}\", simple(\"${body[orderId]}\")), or set the header in the route that"
                            + " calls this one:\n{}",
                    SagaConstants.SAGA_KEY,
                    lines.size(),
                    SagaConstants.KEY,
                    SagaConstants.KEY,
                    String.join("\n", lines));
        }
    }

    static List<String> lines(CamelContext context) {
        return new RouteLinks(context)
                .placesIn(saga ->
                        mayBegin(saga) && StepOptions.keyOf(saga) == null ? settingTheKey(saga) : Stream.empty());
    }

    private static boolean mayBegin(SagaDefinition saga) {
        return saga.getPropagation() == null || saga.getPropagation().startsWith("REQUIRE");
    }

    private static Stream<ProcessorDefinition<?>> settingTheKey(SagaDefinition saga) {
        return Stream.concat(
                ProcessorDefinitionHelper.filterTypeInOutputs(saga.getOutputs(), SetHeaderDefinition.class).stream()
                        .filter(header -> SagaConstants.SAGA_KEY.equals(header.getName())),
                ProcessorDefinitionHelper.filterTypeInOutputs(saga.getOutputs(), SetHeadersDefinition.class).stream()
                        .filter(headers -> headers.getHeaders().stream()
                                .anyMatch(header -> SagaConstants.SAGA_KEY.equals(header.getName()))));
    }
}
