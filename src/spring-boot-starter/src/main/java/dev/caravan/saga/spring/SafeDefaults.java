package dev.caravan.saga.spring;

import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.EnvironmentPostProcessor;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/** What is off, or said elsewhere, in each application that has the library, unless the application says otherwise. */
final class SafeDefaults implements EnvironmentPostProcessor {

    /** It connects where a request says. See {@link RefusedTargets}, which does not hang on a setting. */
    private static final String PROXY_OF_JOLOKIA = "org.jolokia.service.jsr160.Jsr160RequestHandler";

    /** They have a document of their own, at {@code /api/sagas/openapi.json}; springdoc would guess at them. */
    private static final String DESCRIBED_ELSEWHERE = "/api/sagas/**,/api/lras/**,/api/dead-letters/**";

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        environment
                .getPropertySources()
                .addLast(new MapPropertySource(
                        "caravanSafeDefaults",
                        Map.of(
                                "management.endpoint.jolokia.config.disabledServices",
                                PROXY_OF_JOLOKIA,
                                "springdoc.paths-to-exclude",
                                DESCRIBED_ELSEWHERE)));
    }
}
