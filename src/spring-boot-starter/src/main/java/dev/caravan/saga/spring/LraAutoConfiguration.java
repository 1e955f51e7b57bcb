package dev.caravan.saga.spring;

import dev.caravan.saga.engine.SagaEngine;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.lra.CoordinatorLras;
import dev.caravan.saga.lra.CoordinatorTransport;
import dev.caravan.saga.lra.LraCallbacks;
import dev.caravan.saga.lra.LraSagaService;
import dev.caravan.saga.lra.LraSettings;
import dev.caravan.saga.time.Backoff;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.saga.CamelSagaService;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.web.server.Ssl;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.util.function.SingletonSupplier;

/**
 * The Saga EIP on an LRA coordinator. Its URLs are {@code camel.lra.*}, as camel-lra has them; without any, coordinator
 * and callbacks are looked for in this application itself.
 */
@AutoConfiguration(after = CaravanAutoConfiguration.class)
@ConditionalOnProperty(name = "caravan.coordinator", havingValue = "lra", matchIfMissing = true)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
public class LraAutoConfiguration {

    /** As camel-lra has them. */
    static final String COORDINATOR_PATH = "/lra-coordinator";

    static final String PARTICIPANT_PATH = "/lra-participant";

    private static final String COORDINATOR_URL = "camel.lra.coordinator-url";
    private static final String PARTICIPANT_URL = "camel.lra.local-participant-url";
    private static final Duration RETRY_INITIAL = Duration.ofMillis(250);
    private static final Duration RETRY_MAXIMUM = Duration.ofSeconds(10);

    @Bean
    RecoveryMaker caravanLraRecovery(
            CamelContext context,
            Backoff backoff,
            CaravanProperties properties,
            Environment environment,
            @Qualifier("lraCoordinator")
                    ObjectProvider<BiFunction<HttpRequest, Executor, CompletableFuture<HttpResponse<String>>>>
                            inThisProcess) {
        return host -> new LraSagaService(
                context, host, settings(properties, environment, inThisProcess.getIfAvailable(), host), backoff);
    }

    @Bean(destroyMethod = "shutdown")
    @ConditionalOnMissingBean(CamelSagaService.class)
    LraSagaService caravanLraSagaService(CamelContext context, SagaEngine engine) throws Exception {
        LraSagaService service = engine.recovery(LraSagaService.class);
        FullyStarted.add(context, service::cancelOrphans);
        return service;
    }

    private static LraSettings settings(
            CaravanProperties properties,
            Environment environment,
            BiFunction<HttpRequest, Executor, CompletableFuture<HttpResponse<String>>> inThisProcess,
            SagaHost host) {
        return new LraSettings(
                coordinator(environment),
                transport(environment, inThisProcess, host.executor()),
                environment.getProperty("caravan.lra.coordinator.secret"),
                participant(environment),
                host.application(),
                properties.lra().requestTimeout(),
                properties.lra().callbackTimeout(),
                CallbackSecret.of(properties.lra()),
                new Backoff(RETRY_INITIAL, RETRY_MAXIMUM, 0));
    }

    /** No socket to a coordinator that is in this application, unless its URL is given. */
    private static @Nullable CoordinatorTransport transport(
            Environment environment,
            BiFunction<HttpRequest, Executor, CompletableFuture<HttpResponse<String>>> inThisProcess,
            Executor executor) {
        return inThisProcess == null || isGiven(environment, COORDINATOR_URL)
                ? null
                : request -> inThisProcess.apply(request, executor);
    }

    private static boolean isGiven(Environment environment, String key) {
        String value = environment.getProperty(key);
        return value != null && !value.isBlank();
    }

    /** The coordinator's URL with its path. */
    static Supplier<URI> coordinator(Environment environment) {
        return url(environment, COORDINATOR_URL, "camel.lra.coordinator-context-path", COORDINATOR_PATH);
    }

    static Supplier<URI> participant(Environment environment) {
        return url(environment, PARTICIPANT_URL, "camel.lra.local-participant-context-path", PARTICIPANT_PATH);
    }

    /** The port is known only when the web server runs, which is before the routes start; from then on it stays. */
    private static Supplier<URI> url(Environment environment, String urlKey, String pathKey, String defaultPath) {
        return SingletonSupplier.of(() -> {
            String base = isGiven(environment, urlKey)
                    ? environment.getRequiredProperty(urlKey).replaceAll("/+$", "")
                    : (isSecure(environment) ? "https" : "http") + "://localhost:"
                            + environment.getRequiredProperty("local.server.port");
            return URI.create(base + environment.getProperty(pathKey, defaultPath));
        });
    }

    private static boolean isSecure(Environment environment) {
        return Ssl.isEnabled(
                Binder.get(environment).bind("server.ssl", Ssl.class).orElse(null));
    }

    /** What the coordinator has, for an operator. */
    @Bean
    CoordinatorLras caravanCoordinatorLras(SagaEngine engine) {
        return engine.recovery(LraSagaService.class).lras();
    }

    @Bean
    LraCallbacks caravanLraCallbacks(SagaEngine engine) {
        return engine.recovery(LraSagaService.class).callbacks();
    }

    /** How a coordinator in this application calls it back, unless the URL for callbacks is given. */
    @Bean(defaultCandidate = false)
    @Qualifier("lraParticipant")
    BiFunction<HttpRequest, Executor, CompletableFuture<HttpResponse<String>>> caravanLraLocalCallbacks(
            LraCallbacks callbacks, SagaHost host, Environment environment) {
        return isGiven(environment, PARTICIPANT_URL)
                ? (request, executor) -> null
                : new LocalCallbacks(callbacks, participant(environment), host.executor());
    }

    @Bean
    LraCallbackController caravanLraCallbackController(LraCallbacks callbacks) {
        return new LraCallbackController(callbacks);
    }
}
