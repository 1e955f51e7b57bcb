package dev.caravan.saga.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.camel.SagaEventRoutes;
import dev.caravan.saga.camel.SagaStarter;
import dev.caravan.saga.camel.StartedSaga;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.testing.SecureKafka;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.actuate.health.CompositeHealthContributor;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.health.Status;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.NestedExceptionUtils;

/** An application on a Kafka that asks for TLS, a password and rights: every client of it has them. */
class SecureKafkaIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String SECRET = "a secret of this test";

    @TempDir
    private static Path directory;

    private static SecureKafka kafka;

    private ConfigurableApplicationContext application;

    @BeforeAll
    static void startKafka() {
        kafka = SecureKafka.start(directory);
        kafka.addUser("trips", "right");
        kafka.addUser("stranger", "right");
        kafka.allow("trips", ResourceType.TOPIC, "*", AclOperation.ALL);
        kafka.allow("trips", ResourceType.GROUP, "*", AclOperation.ALL);
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    @AfterEach
    void stop() {
        if (application != null) {
            application.close();
        }
    }

    /** A saga with a command and an event, both of whose other ends are here, too. */
    @Configuration
    @EnableAutoConfiguration
    static class Trips {

        private final List<String> heard = new CopyOnWriteArrayList<>();

        @Bean
        RouteBuilder routes() {
            return new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:trip")
                            .routeId("trip")
                            .saga()
                            .to("saga-command:hotel/BookHotel?timeout=60s")
                            .setBody(constant("{\"type\": \"BOOKED\"}"))
                            .to("kafka:trip-events");
                    from("direct:visa").routeId("visa").saga().to("saga-command:embassy/Sign?timeout=1h");
                    from("saga-command:hotel/BookHotel?idempotent=true")
                            .routeId("book-hotel")
                            .log("booked");
                    from("kafka:trip-events?groupId=trips-events")
                            .routeId("trip-events")
                            .routeConfigurationId(SagaEventRoutes.ID)
                            .process(this::hear);
                }

                private void hear(Exchange exchange) {
                    String event = exchange.getMessage().getBody(String.class);
                    if (!event.startsWith("{")) {
                        throw new IllegalArgumentException("no event: " + event);
                    }
                    heard.add(event);
                }
            };
        }
    }

    private void start(String user, String password, String... more) {
        application = new SpringApplicationBuilder(Trips.class)
                .web(WebApplicationType.NONE)
                .run(Stream.concat(settings(user, password), Stream.of(more)).toArray(String[]::new));
    }

    /** As the operations page says. */
    private static Stream<String> settings(String user, String password) {
        return Stream.of(
                "--spring.main.banner-mode=off",
                "--spring.application.name=trips",
                "--spring.jmx.enabled=false",
                "--caravan.coordinator=log",
                "--caravan.kafka-timeout=20s",
                "--caravan.events.topics=trip-events",
                "--caravan.events.attempts=1",
                "--camel.component.kafka.brokers=" + kafka.bootstrapServers(),
                "--camel.component.kafka.security-protocol=SASL_SSL",
                "--camel.component.kafka.sasl-mechanism=SCRAM-SHA-512",
                "--camel.component.kafka.sasl-jaas-config=" + SecureKafka.jaas(user, password),
                "--camel.component.kafka.ssl-truststore-type=PEM",
                "--camel.component.kafka.ssl-truststore-location=" + kafka.authority());
    }

    private StartedSaga run(String route) {
        return application.getBean(SagaStarter.class).start("direct:" + route, "Oslo", null, Map.of());
    }

    @Test
    void reachesKafkaWithAllItsClients() throws Exception {
        start("trips", "right");

        assertThat(run("trip")
                        .ended()
                        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                        .status())
                .isEqualTo(SagaStatus.COMPLETED);
        Trips trips = application.getBean(Trips.class);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(trips.heard).containsExactly("{\"type\": \"BOOKED\"}"));

        assertThat(health().getStatus()).isEqualTo(Status.UP);

        application.getBean(CamelContext.class).createProducerTemplate().sendBody("kafka:trip-events", "broken");
        DeadLetterReplay letters = application.getBean(DeadLetterReplay.class);
        await().atMost(PATIENCE)
                .until(() -> Long.valueOf(1).equals(letters.waiting().get("trip-events")));
        assertThat(letters.replay("trip-events")).isEqualTo(1);
        await().atMost(PATIENCE)
                .until(() -> Long.valueOf(1).equals(letters.waiting().get("trip-events")));
    }

    private org.springframework.boot.actuate.health.Health health() {
        return ((HealthIndicator) application
                        .getBean("caravanHealthContributor", CompositeHealthContributor.class)
                        .getContributor("kafka"))
                .health();
    }

    @Test
    void saysThatThePasswordIsWrong() {
        assertThatThrownBy(() -> start("trips", "wrong"))
                .extracting(NestedExceptionUtils::getRootCause)
                .satisfies(cause -> assertThat(cause).hasMessageContaining("invalid credentials"));
        assertThatThrownBy(() -> start("trips", "wrong"))
                .hasStackTraceContaining("Kafka at %s does not know who this is: ".formatted(kafka.bootstrapServers()))
                .hasStackTraceContaining(
                        "Are camel.component.kafka.security-protocol, sasl-mechanism, sasl-jaas-config");
    }

    @Test
    void saysWhichTopicsItMayNotUse() {
        assertThatThrownBy(() -> start("stranger", "right"))
                .hasStackTraceContaining(
                        "Kafka at %s does not let this application use topics [".formatted(kafka.bootstrapServers()));
    }

    /** As on a cluster, where topics are made by somebody else. */
    @Test
    @SuppressWarnings("try")
    void needsNoRightToMakeTopicsThatAreThere() throws Exception {
        kafka.addUser("guest", "right");
        kafka.allow("guest", ResourceType.TOPIC, "guest-commands", AclOperation.WRITE);
        kafka.admin()
                .createTopics(List.of(new NewTopic("guest-commands", 2, (short) 1)))
                .all()
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        try (KafkaClients clients = KafkaClients.of(withSettings(new DefaultCamelContext(), "guest"))) {
            Topics topics = new Topics(clients, 4, Duration.ofSeconds(20));

            topics.ensure(List.of("guest-commands"), Map.of());
            assertThat(topics.partitionsOf("guest-commands")).isEqualTo(2);

            assertThatThrownBy(() -> topics.ensure(List.of("others-commands"), Map.of()))
                    .hasMessageContaining("does not let this application use topics [others-commands]");
        }
    }

    private static CamelContext withSettings(CamelContext context, String user) {
        KafkaConfiguration settings =
                context.getComponent("kafka", KafkaComponent.class).getConfiguration();
        settings.setBrokers(kafka.bootstrapServers());
        settings.setSecurityProtocol("SASL_SSL");
        settings.setSaslMechanism("SCRAM-SHA-512");
        settings.setSaslJaasConfig(SecureKafka.jaas(user, "right"));
        settings.setSslTruststoreType("PEM");
        settings.setSslTruststoreLocation(kafka.authority().toString());
        return context;
    }

    /** The reply of a participant that was never asked: it can write to the topic, and has not read the command. */
    @Test
    void believesOnlyWhoHasReadTheCommand() throws Exception {
        start("trips", "right", "--caravan.replies.secret=" + SECRET, "--caravan.replies.token-required=true");
        StartedSaga visa = run("visa");
        SagaId sagaId = visa.accepted().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        byte[] forged = "{\"sagaId\":\"%s\",\"step\":\"SIGN\",\"status\":\"SUCCESS\"}"
                .formatted(sagaId)
                .getBytes(StandardCharsets.UTF_8);
        ConsumerRecord<String, byte[]> command = next("embassy-commands", 0);
        String token = header(command, ReplyTokens.HEADER);

        reply(sagaId, forged, Map.of());
        reply(sagaId, forged, Map.of(ReplyTokens.HEADER, "guessed"));
        reply(sagaId, forged, Map.of(ReplyTokens.HEADER, token, ReplyTokens.SERVICE_HEADER, "hotel"));

        List<String> reasons = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            reasons.add(header(next("saga-replies-dlq", i), DeadLetters.REASON));
        }
        assertThat(reasons)
                .containsExactlyInAnyOrder(
                        "Refused reply: The reply has no header saga-reply-token",
                        "Refused reply: The header saga-reply-token is not that of a command of step SIGN",
                        "Refused reply: hotel answers a command of step SIGN, which embassy was asked for");
        assertThat(application.getBean(SagaHost.class).read(sagaId).status()).isEqualTo(SagaStatus.EXECUTING);

        reply(sagaId, forged, Map.of(ReplyTokens.HEADER, token));

        assertThat(visa.ended().get(PATIENCE.toSeconds(), TimeUnit.SECONDS).status())
                .isEqualTo(SagaStatus.COMPLETED);
    }

    private void reply(SagaId sagaId, byte[] value, Map<String, String> headers) {
        try (KafkaClients clients = KafkaClients.of(kafka.bootstrapServersOfTheTest())) {
            ProducerRecord<String, byte[]> reply = new ProducerRecord<>(Topics.SAGA_REPLIES, sagaId.value(), value);
            headers.forEach((name, text) -> reply.headers().add(name, text.getBytes(StandardCharsets.UTF_8)));
            clients.send(reply).join();
        }
    }

    private static String header(ConsumerRecord<String, byte[]> message, String name) {
        return new String(message.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    /** The record of this number in a topic, of all its partitions; waits for it. */
    private static ConsumerRecord<String, byte[]> next(String topic, int number) {
        try (KafkaClients clients = KafkaClients.of(kafka.bootstrapServersOfTheTest());
                var consumer = clients.consumer(Map.of("group.id", topic + "-test"))) {
            consumer.subscribe(List.of(topic));
            List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
            await().atMost(PATIENCE).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
                return records.size() > number;
            });
            return records.get(number);
        }
    }
}
