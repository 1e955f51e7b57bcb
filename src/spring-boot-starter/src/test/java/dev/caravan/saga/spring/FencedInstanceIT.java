package dev.caravan.saga.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.camel.SagaConstants;
import dev.caravan.saga.camel.SagaStarter;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.main.CaravanConfiguration;
import dev.caravan.saga.state.SagaState;
import dev.caravan.testing.HangLimit;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.main.Main;
import org.apache.camel.model.SagaPropagation;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.actuate.health.CompositeHealthContributor;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.health.Status;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

/**
 * An application whose instance id another process takes while a saga of it waits, for its host and for its participants:
 * it goes on by itself, with that saga and with others, in Spring Boot and in camel-main.
 */
class FencedInstanceIT {

    private static final Duration POLL = Duration.ofMillis(100);

    @TempDir
    private Path directory;

    /** A trip is booked, approved by a person, and confirmed. */
    private static final class Routes extends RouteBuilder {

        @Override
        public void configure() {
            from("direct:trip")
                    .routeId("trip")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .to("saga-command:hotels/Book?timeout=1m")
                    .to("saga-await:approval?timeout=1h")
                    .to("saga-command:hotels/Confirm?timeout=1m");
            from("saga-command:hotels/Book?idempotent=true").routeId("book").process(exchange -> {});
            from("saga-command:hotels/Confirm?idempotent=true")
                    .routeId("confirm")
                    .process(exchange -> {});
        }
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration
    static class Configuration {

        @Bean
        Routes routes() {
            return new Routes();
        }

        @Bean
        MeterRegistry meters() {
            return new SimpleMeterRegistry();
        }
    }

    /** @param fenced what health says of it, all parts together; only while it is UP */
    private record Application(
            CamelContext camel,
            SagaHost host,
            SagaStarter starter,
            MeterRegistry meters,
            Supplier<List<String>> fenced) {

        SagaId start(String key) throws Exception {
            return starter.start("direct:trip", Map.of(), key, Map.of())
                    .accepted()
                    .get(HangLimit.SECONDS, TimeUnit.SECONDS);
        }

        void approve(String key) {
            camel.createProducerTemplate()
                    .sendBodyAndHeader("saga-signal:approval", "yes", SagaConstants.SAGA_KEY, key);
        }

        SagaStatus status(SagaId id) {
            return SagaState.replay(id, host.log().read(id)).status();
        }

        double counted(String part) {
            return meters.get("caravan.fenced")
                    .tag("part", part)
                    .functionCounter()
                    .count();
        }
    }

    private static Map<String, Object> settings(EmbeddedKafka kafka) {
        return Map.of(
                "caravan.coordinator", "log",
                "camel.component.kafka.brokers", kafka.bootstrapServers(),
                "caravan.instance-id", "pod-0",
                "caravan.session-timeout", "6s",
                "caravan.partitions", "1");
    }

    private static KafkaConsumer<String, byte[]> member(EmbeddedKafka kafka, String group, String id, String topic) {
        KafkaConsumer<String, byte[]> member = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        kafka.bootstrapServers(),
                        "group.id",
                        group,
                        "group.instance.id",
                        id,
                        "enable.auto.commit",
                        "false",
                        "session.timeout.ms",
                        "6000",
                        "heartbeat.interval.ms",
                        "2000",
                        "partition.assignment.strategy",
                        "org.apache.kafka.clients.consumer.RangeAssignor"),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        member.subscribe(List.of(topic));
        return member;
    }

    private static void goesOnByItself(EmbeddedKafka kafka, Application trips) throws Exception {
        SagaId waiting = trips.start("waiting");
        await().until(() -> trips.host().waiting() == 1);
        assertThat(trips.fenced().get()).isEmpty();

        try (KafkaConsumer<String, byte[]> host = member(kafka, "trips", "pod-0", "saga-logs");
                KafkaConsumer<String, byte[]> participant =
                        member(kafka, "hotels", "pod-0-commands", "hotels-commands")) {
            await().until(() -> {
                host.poll(POLL);
                participant.poll(POLL);
                return trips.counted("host") == 1 && trips.counted("participants") == 1;
            });
            await().until(() -> trips.host().size() == 0);
        } // what they have is theirs until their sessions end

        await().untilAsserted(() -> assertThat(trips.fenced().get())
                .hasSize(2)
                .anyMatch(told -> told.contains("saga-host was fenced") && told.contains("member pod-0 of its group"))
                .anyMatch(told -> told.contains("hotels-commands was fenced")));
        await().until(() -> trips.host().waiting() == 1);
        trips.approve("waiting");
        await().until(() -> trips.status(waiting) == SagaStatus.COMPLETED);
        SagaId another = trips.start("another");
        trips.approve("another");
        await().until(() -> trips.status(another) == SagaStatus.COMPLETED);
        assertThat(trips.counted("host")).isEqualTo(1);
        assertThat(trips.counted("participants")).isEqualTo(1);
    }

    @Test
    void goesOnInSpringBoot() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory));
                ConfigurableApplicationContext spring = new SpringApplicationBuilder(Configuration.class)
                        .properties(settings(kafka))
                        .run("--spring.application.name=trips", "--server.port=0", "--server.address=127.0.0.1")) {
            CompositeHealthContributor parts =
                    spring.getBean("caravanHealthContributor", CompositeHealthContributor.class);
            goesOnByItself(
                    kafka,
                    new Application(
                            spring.getBean(CamelContext.class),
                            spring.getBean(SagaHost.class),
                            spring.getBean(SagaStarter.class),
                            spring.getBean(MeterRegistry.class),
                            () -> List.of("host", "participants").stream()
                                    .map(part -> ((HealthIndicator) parts.getContributor(part)).health())
                                    .filter(health -> health.getStatus().equals(Status.UP))
                                    .map(Health::getDetails)
                                    .filter(details -> details.containsKey("fenced"))
                                    .map(details -> (String) details.get("fenced"))
                                    .toList()));
        }
    }

    @Test
    void goesOnInCamelMain() throws Exception {
        MeterRegistry meters = new SimpleMeterRegistry();
        try (EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory))) {
            Main main = new Main();
            main.addInitialProperty("camel.main.name", "trips");
            main.addInitialProperty("camel.main.configurationClasses", CaravanConfiguration.class.getName());
            settings(kafka).forEach((name, value) -> main.addInitialProperty(name, (String) value));
            main.bind("meters", meters);
            main.configure().addRoutesBuilder(new Routes());
            main.start();
            try {
                goesOnByItself(
                        kafka,
                        new Application(
                                main.getCamelContext(),
                                main.lookup("caravanSagaHost", SagaHost.class),
                                main.lookup("caravanSagaStarter", SagaStarter.class),
                                meters,
                                () -> told(HealthCheckRegistry.get(main.getCamelContext())
                                        .getCheck("caravan")
                                        .orElseThrow()
                                        .call())));
            } finally {
                main.stop();
            }
        }
    }

    private static List<String> told(HealthCheck.Result result) {
        List<String> told = new ArrayList<>();
        if (result.getState() == HealthCheck.State.UP && result.getDetails().containsKey("fenced")) {
            told.addAll(List.of(((String) result.getDetails().get("fenced")).split("; ")));
        }
        return told;
    }
}
