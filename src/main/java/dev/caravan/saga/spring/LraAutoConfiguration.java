package dev.caravan.saga.spring;

import dev.caravan.saga.host.Backoff;
import dev.caravan.saga.host.SagaHost;
import dev.caravan.saga.host.SagaRequests;
import dev.caravan.saga.lra.LraCallbacks;
import dev.caravan.saga.lra.LraSagaService;
import dev.caravan.saga.lra.LraSettings;
import java.net.URI;
import java.time.Duration;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.saga.CamelSagaService;
import org.apache.camel.service.lra.LRAConstants;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * The Saga EIP on an LRA coordinator. Its URLs are {@code camel.lra.*}, as camel-lra has them; without any, coordinator
 * and callbacks are looked for in this application itself.
 */
@AutoConfiguration(after = CaravanAutoConfiguration.class)
@ConditionalOnProperty(name = "caravan.coordinator", havingValue = "lra", matchIfMissing = true)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnMissingBean(CamelSagaService.class)
public class LraAutoConfiguration {

    private static final Duration RETRY_INITIAL = Duration.ofMillis(250);
    private static final Duration RETRY_MAXIMUM = Duration.ofSeconds(10);

    @Bean(destroyMethod = "shutdown")
    LraSagaService caravanLraSagaService(
            CamelContext context,
            SagaHost host,
            Backoff backoff,
            SagaRequests requests,
            CaravanProperties properties,
            Environment environment)
            throws Exception {
        Supplier<URI> participant = url(
                environment,
                "camel.lra.local-participant-url",
                "camel.lra.local-participant-context-path",
                LRAConstants.DEFAULT_LOCAL_PARTICIPANT_CONTEXT_PATH);
        LraSettings settings = new LraSettings(
                coordinator(environment),
                environment.getProperty("caravan.lra.coordinator.secret"),
                participant,
                environment.getProperty("spring.application.name", "caravan"),
                properties.lra().requestTimeout(),
                properties.lra().callbackPatience(),
                CallbackSecret.of(properties.lra()),
                new Backoff(RETRY_INITIAL, RETRY_MAXIMUM, 0));
        LraSagaService service = new LraSagaService(context, host, settings, backoff);
        service.setRequests(requests);
        FullyStarted.add(context, service::cancelOrphans);
        return service;
    }

    /** The coordinator's URL with its path. */
    static Supplier<URI> coordinator(Environment environment) {
        return url(
                environment,
                "camel.lra.coordinator-url",
                "camel.lra.coordinator-context-path",
                LRAConstants.DEFAULT_COORDINATOR_CONTEXT_PATH);
    }

    /** The port is known only when the web server runs, which is before the routes start. */
    private static Supplier<URI> url(Environment environment, String urlKey, String pathKey, String defaultPath) {
        return () -> {
            String url = environment.getProperty(urlKey);
            String base = url == null || url.isBlank()
                    ? "http://localhost:" + environment.getRequiredProperty("local.server.port")
                    : url.replaceAll("/+$", "");
            return URI.create(base + environment.getProperty(pathKey, defaultPath));
        };
    }

    @Bean
    LraCallbacks caravanLraCallbacks(LraSagaService service) {
        return service.callbacks();
    }

    @Bean
    LraCallbackController caravanLraCallbackController(LraCallbacks callbacks) {
        return new LraCallbackController(callbacks);
    }
}
