package dev.caravan.saga.spring;

import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.EnvironmentPostProcessor;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/** What is off in each application that has the library, unless the application says otherwise. */
final class SafeDefaults implements EnvironmentPostProcessor {

    /** It connects where a request says. See {@link RefusedTargets}, which does not hang on a setting. */
    private static final String PROXY_OF_JOLOKIA = "org.jolokia.service.jsr160.Jsr160RequestHandler";

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        environment
                .getPropertySources()
                .addLast(new MapPropertySource(
                        "caravanSafeDefaults",
                        Map.of("management.endpoint.jolokia.config.disabledServices", PROXY_OF_JOLOKIA)));
    }
}
