package dev.caravan.saga.spring;

import dev.caravan.saga.camel.StartRefusedException;
import org.springframework.core.env.Environment;

/** The name of the application: that of its consumer group, in which instances share their sagas. */
final class ApplicationName {

    private static final String SETTING = "spring.application.name";

    private ApplicationName() {}

    /** With a default, for what no other application sees. */
    static String of(Environment environment) {
        return isGiven(environment) ? environment.getProperty(SETTING) : "caravan";
    }

    /** @throws StartRefusedException it has none, and another application without would share its sagas */
    static String required(Environment environment) {
        if (!isGiven(environment)) {
            throw new StartRefusedException(
                    "This application has no name. Applications of one name share their sagas, and one without would go on"
                            + " with those of any other without.",
                    "Set spring.application.name to a name that stays, the same in all instances; or"
                            + " caravan.coordinator=none, if it runs no sagas.");
        }
        return of(environment);
    }

    private static boolean isGiven(Environment environment) {
        String name = environment.getProperty(SETTING);
        return name != null && !name.isBlank();
    }
}
