package dev.caravan.orchestrator;

import java.util.Map;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/** With {@code --routes=<directory>}, the routes that come along are not loaded: {@link RouteFiles} loads those there. */
final class RoutesOption implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        ConfigurableEnvironment environment = context.getEnvironment();
        if (environment.containsProperty("routes")) {
            environment
                    .getPropertySources()
                    .addFirst(new MapPropertySource(
                            "routes-option", Map.of("camel.main.routes-include-pattern", "classpath:none.xml")));
        }
    }
}
