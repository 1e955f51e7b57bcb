package dev.caravan.saga.main;

import dev.caravan.saga.camel.StartRefusedException;
import org.apache.camel.CamelContext;

/** The name that a person gave a Camel context. Camel counts the others, so that two applications have the same. */
final class ContextName {

    private ContextName() {}

    /** @throws StartRefusedException nobody gave it one */
    static String of(CamelContext context) {
        if (!context.getNameStrategy().isFixedName()) {
            throw new StartRefusedException(
                    ("This Camel context has no name of its own: Camel calls it %s, and would call another application the"
                                    + " same. Applications of one name share their sagas, and one would go on with those of the other.")
                            .formatted(context.getName()),
                    "Set camel.main.name (in code: context.setName) to a name that stays, the same in all instances of"
                            + " this application.");
        }
        return context.getName();
    }
}
