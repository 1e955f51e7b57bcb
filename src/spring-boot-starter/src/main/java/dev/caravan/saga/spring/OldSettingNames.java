package dev.caravan.saga.spring;

import dev.caravan.saga.camel.RenamedSettings;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.logging.Log;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.EnvironmentPostProcessor;
import org.springframework.boot.logging.DeferredLogFactory;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Reads settings by the names that they had before, in every form that Spring Boot knows: with one warning for each. What
 * is set under the new name counts.
 */
final class OldSettingNames implements EnvironmentPostProcessor, Ordered {

    private final Log log;

    OldSettingNames(DeferredLogFactory logs) {
        this.log = logs.getLog(OldSettingNames.class);
    }

    /** After all that adds settings. */
    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE;
    }

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        Binder settings = Binder.get(environment);
        Map<String, Object> renamed = new TreeMap<>();
        new TreeMap<>(RenamedSettings.newNames()).forEach((oldName, newName) -> settings.bind(oldName, String.class)
                .ifBound(value -> {
                    if (settings.bind(newName, String.class).isBound()) {
                        log.warn("The setting %s is ignored, because %s is set: remove it".formatted(oldName, newName));
                    } else {
                        log.warn(RenamedSettings.warning(oldName));
                        renamed.put(newName, value);
                    }
                }));
        if (!renamed.isEmpty()) {
            environment.getPropertySources().addLast(new MapPropertySource("caravanRenamedSettings", renamed));
        }
    }
}
