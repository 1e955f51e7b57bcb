package dev.caravan.saga.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.testing.HangLimit;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.observation.ObservationPredicate;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What of the requests to a running application is timed and traced. */
class PollingInAnApplicationTest {

    private ConfigurableApplicationContext application;

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration(
            exclude = {
                CaravanAutoConfiguration.class,
                HealthAutoConfiguration.class,
                LraAutoConfiguration.class,
                MonitoringAutoConfiguration.class,
                ChoreographyAutoConfiguration.class,
                TracingAutoConfiguration.class
            },
            excludeName = {
                "org.apache.camel.spring.boot.CamelAutoConfiguration",
                "org.springframework.boot.autoconfigure.security.servlet.SecurityAutoConfiguration",
                "org.springframework.boot.autoconfigure.security.servlet.SecurityFilterAutoConfiguration",
                "org.springframework.boot.autoconfigure.security.servlet.UserDetailsServiceAutoConfiguration",
                "org.springframework.boot.actuate.autoconfigure.security.servlet.ManagementWebSecurityAutoConfiguration",
                "org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration",
                "org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration"
            })
    @RestController
    static class Application {

        @RequestMapping({"/api/sagas", "/api/sagas/events", "/own"})
        String answer() {
            return "here";
        }

        private final InMemorySpanExporter spans = InMemorySpanExporter.create();

        @Bean
        SpanProcessor spans() {
            return SimpleSpanProcessor.create(spans);
        }
    }

    /** It wants to see all. */
    @Configuration(proxyBeanMethods = false)
    static class Curious {

        @Bean
        ObservationPredicate caravanPollingNotObserved() {
            return (name, context) -> true;
        }
    }

    @AfterEach
    void stop() {
        application.close();
    }

    @Test
    void leavesOutWhatTheConsoleAndProbesAskForAgainAndAgain() throws Exception {
        start(Application.class);
        poll();
        get("/api/sagas");
        get("/own");

        await().until(() -> timed().contains("/own"));
        assertThat(timed()).containsExactlyInAnyOrder("/own", "/api/sagas");
        assertThat(traced()).containsExactlyInAnyOrder("/own", "/api/sagas");
        assertThat(application
                        .getBean(MeterRegistry.class)
                        .get("http.server.requests")
                        .tag("uri", "/api/sagas")
                        .timer()
                        .count())
                .isOne();
    }

    @Test
    void seesAllWhereTheApplicationSaysSo() throws Exception {
        start(Application.class, Curious.class);
        poll();
        get("/own");

        await().until(() -> timed().contains("/own"));
        assertThat(timed()).contains("/api/sagas", "/api/sagas/events", "/actuator/health");
    }

    private void poll() throws IOException, InterruptedException {
        get("/api/sagas", GuardedPaths.CONSOLE_HEADER, "true");
        get("/api/sagas/events");
        get("/actuator/health");
    }

    private void start(Class<?>... configurations) {
        application = new SpringApplicationBuilder(configurations)
                .run(
                        "--server.address=127.0.0.1",
                        "--server.port=0",
                        "--spring.main.banner-mode=off",
                        "--management.endpoints.web.exposure.include=health",
                        "--management.tracing.sampling.probability=1.0");
    }

    /** One connection, so that a request begins when the one before it is over. */
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private void get(String path, String... headers) throws IOException, InterruptedException {
        int port = ((WebServerApplicationContext) application).getWebServer().getPort();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(HangLimit.TIME);
        if (headers.length > 0) {
            request.headers(headers);
        }
        assertThat(client.send(request.build(), HttpResponse.BodyHandlers.discarding())
                        .statusCode())
                .isEqualTo(200);
    }

    private Set<String> timed() {
        return application.getBean(MeterRegistry.class).find("http.server.requests").timers().stream()
                .map(Timer::getId)
                .map(id -> id.getTag("uri"))
                .collect(Collectors.toSet());
    }

    private Stream<String> traced() {
        return application.getBean(Application.class).spans.getFinishedSpanItems().stream()
                .map(span -> span.getAttributes().get(AttributeKey.stringKey("uri")));
    }
}
