package dev.caravan.saga.camel;

import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.ResequenceDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of {@code resequence} in the route of a saga. It lets a message go on later, on a thread of its own and as a message of
 * its own: nobody can wait for it, and a saga ends when its route is through.
 */
final class Resequencers {

    private static final Logger LOGGER = LoggerFactory.getLogger(Resequencers.class);

    private Resequencers() {}

    /** Writes one warning that names them all; none when there is none. */
    static void warn(CamelContext context) {
        List<String> lines = lines(context);
        if (!lines.isEmpty()) {
            LOGGER.warn(
                    "Routes of sagas put messages in order by resequence: {}. What stands behind it goes on later and by itself: the"
                            + " saga does not wait for it, and its steps may not be done when the saga is COMPLETED. Put it into"
                            + " the route that calls the saga's:\n{}",
                    lines.size(),
                    String.join("\n", lines));
        }
    }

    private static List<String> lines(CamelContext context) {
        return new RouteLinks(context)
                .placesIn(saga ->
                        ProcessorDefinitionHelper.filterTypeInOutputs(saga.getOutputs(), ResequenceDefinition.class)
                                .stream());
    }
}
