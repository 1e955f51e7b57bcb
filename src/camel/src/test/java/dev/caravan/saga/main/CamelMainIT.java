package dev.caravan.saga.main;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.camel.SagaConstants;
import dev.caravan.saga.camel.SagaEventRoutes;
import dev.caravan.saga.camel.SagaStarter;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepState;
import dev.caravan.testing.HangLimit;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sagas in plain camel-main: no Spring, route files, properties, real Kafka. */
class CamelMainIT {

    @TempDir
    private Path directory;

    @Test
    void runsTheRouteFilesOfTheTrip() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory))) {
            Main main = new Main();
            main.addInitialProperty("camel.main.name", "trips");
            main.addInitialProperty("camel.main.configurationClasses", CaravanConfiguration.class.getName());
            main.addInitialProperty("camel.main.routesIncludePattern", "file:../docs/examples/trip/*.camel.yaml");
            main.addInitialProperty("camel.component.kafka.brokers", kafka.bootstrapServers());
            SimpleMeterRegistry meters = new SimpleMeterRegistry();
            main.bind("meters", meters);
            main.start();
            try {
                assertThat(end(main, "Oslo").status()).isEqualTo(SagaStatus.COMPLETED);
                SagaState venice = end(main, "Venice");
                assertThat(venice.status()).isEqualTo(SagaStatus.COMPENSATED);
                assertThat(venice.reason()).contains("There are no cars in Venice");
                assertThat(venice.steps().stream().map(StepState::status).map(Enum::name))
                        .isEqualTo(List.of("COMPENSATED", "COMPENSATED", "REJECTED"));
                assertThat(meters.get("caravan.saga.duration")
                                .tags("saga", "trip", "status", "COMPENSATED")
                                .timer()
                                .count())
                        .isEqualTo(1);
                await().untilAsserted(() -> assertThat(
                                meters.get("caravan.sagas.in.flight").gauge().value())
                        .isZero());
                assertThat(meters.get("caravan.log.unreadable")
                                .functionCounter()
                                .count())
                        .isZero();
            } finally {
                main.stop();
            }
        }
    }

    @Test
    void encryptsSensitiveFieldsInTopics() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory))) {
            Main main = new Main();
            main.addInitialProperty("camel.main.name", "trips");
            main.addInitialProperty("camel.main.configurationClasses", CaravanConfiguration.class.getName());
            main.addInitialProperty("camel.main.routesIncludePattern", "file:../docs/examples/trip/*.camel.yaml");
            main.addInitialProperty("camel.component.kafka.brokers", kafka.bootstrapServers());
            main.addInitialProperty("caravan.sensitive-fields", "traveller, booking");
            main.addInitialProperty("caravan.sensitive-keys", "2026:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
            main.start();
            try {
                SagaState oslo = main.lookup("caravanSagaStarter", SagaStarter.class)
                        .start("direct:trip", Map.of("traveller", "ann-of-cleves", "city", "Oslo"), "a-trip", Map.of())
                        .ended()
                        .get(HangLimit.SECONDS, TimeUnit.SECONDS);
                assertThat(oslo.status()).isEqualTo(SagaStatus.COMPLETED);
                assertThat(oslo.start().body().path("traveller").textValue()).isEqualTo("ann-of-cleves");
            } finally {
                main.stop();
            }
        }
        assertThat(segmentsWith("ann-of-cleves")).isEmpty();
        assertThat(segmentsWith("enc:v1:2026:")).anyMatch(file -> file.contains("saga-logs-"));
        assertThat(segmentsWith("\"city\":\"Oslo\"")).anyMatch(file -> file.contains("-commands-"));
    }

    private List<String> segmentsWith(String text) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            List<String> found = new ArrayList<>();
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text)) {
                    found.add(file.toString());
                }
            }
            return found;
        }
    }

    /** An event that is none is kept as a dead letter, and one that comes after it is heard. */
    @Test
    void takesPartInSagasByEvents() throws Exception {
        List<Object> heard = new CopyOnWriteArrayList<>();
        try (EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory))) {
            Main main = new Main();
            main.addInitialProperty("camel.main.name", "trips");
            main.addInitialProperty("camel.main.configurationClasses", CaravanConfiguration.class.getName());
            main.addInitialProperty("camel.component.kafka.brokers", kafka.bootstrapServers());
            main.addInitialProperty("caravan.events.topics", "trip-events");
            main.configure().addRoutesBuilder(new RouteBuilder() {
                @Override
                public void configure() {
                    from("kafka:trip-events?groupId=trips-events")
                            .routeId("trip-events")
                            .routeConfigurationId(SagaEventRoutes.ID)
                            .bean("sagaEvents", "read")
                            .process(exchange -> heard.add(exchange.getIn().getBody(Map.class)));
                    from("kafka:trip-events-dlq?groupId=letters")
                            .routeId("letters")
                            .process(exchange -> heard.add(exchange.getIn().getBody(String.class)));
                }
            });
            main.start();
            try {
                ProducerTemplate events = main.getCamelContext().createProducerTemplate();
                events.sendBody("kafka:trip-events", "no event");
                await().untilAsserted(() -> assertThat(heard).containsExactly("no event"));
                events.sendBodyAndHeader(
                        "kafka:trip-events", "{\"type\":\"BOOKED\"}", Exchange.SAGA_LONG_RUNNING_ACTION, "trip-1");
                await().untilAsserted(() -> assertThat(heard).containsExactly("no event", Map.of("type", "BOOKED")));
            } finally {
                main.stop();
            }
        }
    }

    /** The entrance of sagas, and events beside a participant: found before either reads anything. */
    @Test
    void doesNotStartWithARouteInAGroupOfItsOwn() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory))) {
            assertThatThrownBy(() -> readsInGroup("trips", kafka)).hasStackTraceContaining(refused("trips"));
            assertThatThrownBy(() -> readsInGroup("hotel", kafka)).hasStackTraceContaining(refused("hotel"));
        }
    }

    private static String refused(String group) {
        return "reads topic records in consumer group %s, which is Caravan's here".formatted(group);
    }

    private static void readsInGroup(String group, EmbeddedKafka kafka) throws Exception {
        Main main = new Main();
        main.addInitialProperty("camel.main.name", "trips");
        main.addInitialProperty("camel.main.configurationClasses", CaravanConfiguration.class.getName());
        main.addInitialProperty("camel.component.kafka.brokers", kafka.bootstrapServers());
        main.configure().addRoutesBuilder(new RouteBuilder() {
            @Override
            public void configure() {
                from("kafka:records?groupId=" + group).routeId("records").log("${body}");
                from("saga-command:hotel/book?idempotent=true").routeId("book").log("booked");
            }
        });
        try {
            main.start();
        } finally {
            main.stop();
        }
    }

    /** What is wrong with its routes is found before anything is consumed. */
    @Test
    void doesNotStartWithContradictoryKinds() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory))) {
            Main main = new Main();
            main.addInitialProperty("camel.main.name", "trips");
            main.addInitialProperty("camel.main.configurationClasses", CaravanConfiguration.class.getName());
            main.addInitialProperty("camel.component.kafka.brokers", kafka.bootstrapServers());
            main.configure().addRoutesBuilder(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:trip").routeId("trip").saga().to("direct:book");
                    from("direct:book")
                            .routeId("book")
                            .routeProperty(SagaConstants.STEP_KIND, "retriable")
                            .saga()
                            .log("booked");
                }
            });
            try {
                assertThatThrownBy(main::start).hasMessageContaining("book is retriable, but no pivot comes before it");
            } finally {
                main.stop();
            }
        }
    }

    @Test
    void doesNotStartWithoutAKeyForSensitiveFields() {
        Main main = new Main();
        main.addInitialProperty("camel.main.name", "trips");
        main.addInitialProperty("camel.main.configurationClasses", CaravanConfiguration.class.getName());
        main.addInitialProperty("camel.component.kafka.brokers", "127.0.0.1:1");
        main.addInitialProperty("caravan.sensitive-fields", "traveller");

        assertThatThrownBy(main::start)
                .rootCause()
                .hasMessageContaining("caravan.sensitive-fields names [traveller], and there is no key");
    }

    private static SagaState end(Main main, String city) throws Exception {
        return main.lookup("caravanSagaStarter", SagaStarter.class)
                .start("direct:trip", Map.of("traveller", "ann", "city", city), city, Map.of())
                .ended()
                .get(HangLimit.SECONDS, TimeUnit.SECONDS);
    }
}
