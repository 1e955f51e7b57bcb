package dev.caravan.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import dev.caravan.embeddedkafka.LoopbackPorts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** The log is on a Kafka that asks for a password, and lets nobody do more than the page says that it takes. */
class SecuredLogTest {

    private static final String LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule required";
    private static final String OWN = "caravan.lra.coordinator.log.kafka.";
    private static final String OF_CAMEL = "camel.component.kafka.";

    @TempDir
    static Path directory;

    private static EmbeddedKafka kafka;
    private static String secured;

    @SpringBootConfiguration
    @EnableAutoConfiguration
    static class Application {}

    @BeforeAll
    static void startKafka() throws Exception {
        int plain = LoopbackPorts.free();
        int controller = LoopbackPorts.free();
        secured = "127.0.0.1:" + LoopbackPorts.free();
        String inside = "PLAINTEXT://127.0.0.1:" + plain;
        kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory)
                .withPort(plain)
                .with("listeners", inside + ",CONTROLLER://127.0.0.1:" + controller + ",SECURE://" + secured)
                .with("advertised.listeners", inside + ",SECURE://" + secured)
                .with("controller.quorum.voters", "1@127.0.0.1:" + controller)
                .with(
                        "listener.security.protocol.map",
                        "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SECURE:SASL_PLAINTEXT")
                .with("listener.name.secure.sasl.enabled.mechanisms", "PLAIN")
                .with("listener.name.secure.plain.sasl.jaas.config", LOGIN + " user_coordinator=\"right\";")
                .with("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
                .with("super.users", "User:ANONYMOUS"));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            List<AclBinding> rights = new ArrayList<>();
            Stream.of(AclOperation.READ, AclOperation.WRITE, AclOperation.DESCRIBE, AclOperation.CREATE)
                    .forEach(operation -> rights.add(right(ResourceType.TOPIC, "lra-logs", operation)));
            rights.add(right(ResourceType.GROUP, "lra-coordinator", AclOperation.READ));
            admin.createAcls(rights).all().get();
        }
    }

    private static AclBinding right(ResourceType type, String name, AclOperation operation) {
        return new AclBinding(
                new ResourcePattern(type, name, PatternType.LITERAL),
                new AccessControlEntry("User:coordinator", "*", operation, AclPermissionType.ALLOW));
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    private static ConfigurableApplicationContext start(String... kafkaSettings) {
        return new SpringApplicationBuilder(Application.class)
                .properties(kafkaSettings)
                .properties(
                        "caravan.lra.coordinator.embedded=true",
                        "caravan.lra.coordinator.kind=log",
                        "server.address=127.0.0.1",
                        "server.port=0",
                        "logging.level.root=OFF",
                        "spring.main.banner-mode=off")
                .run();
    }

    private static String[] own(String password) {
        return new String[] {
            OWN + "bootstrap.servers=" + secured,
            OWN + "security.protocol=SASL_PLAINTEXT",
            OWN + "sasl.mechanism=PLAIN",
            OWN + "sasl.jaas.config=" + login(password)
        };
    }

    /** As an application has it whose routes are on the same Kafka. */
    private static String[] ofCamel() {
        return new String[] {
            OF_CAMEL + "brokers=" + secured,
            OF_CAMEL + "security-protocol=SASL_PLAINTEXT",
            OF_CAMEL + "saslMechanism=PLAIN",
            OF_CAMEL + "sasl-jaas-config=" + login("right")
        };
    }

    private static String login(String password) {
        return LOGIN + " username=\"coordinator\" password=\"" + password + "\";";
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void endsAnLra(boolean camel) {
        try (Participants participants = new Participants();
                ConfigurableApplicationContext application = start(camel ? ofCamel() : own("right"))) {
            LraClient client = new LraClient(
                    ((WebServerApplicationContext) application).getWebServer().getPort());
            String lra = client.start();
            client.join(lra, participants.link("one", "compensate"));

            assertThat(client.cancel(lra).body()).isEqualTo("Cancelled");

            assertThat(participants.calls()).containsExactly("one/compensate");
        }
    }

    @Test
    void doesNotStartWithAWrongPassword() {
        assertThatThrownBy(() -> start(own("wrong")).close())
                .hasRootCauseMessage("Authentication failed: Invalid username or password");
    }
}
