package dev.caravan.shop;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.shop.Deployment.Node;
import dev.caravan.testing.SecureKafka;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The programs of the manifests, on a Kafka with their users, rights and topics, and nothing more. */
@Tag("thorough")
class KubernetesDeploymentIT extends DeploymentContract {

    private SecureKafka kafka;

    @Override
    void startKafka() {
        kafka = SecureKafka.start(directory());
        for (Node topic : Deployment.objects("topics.yaml", "KafkaTopic")) {
            int partitions = Integer.parseInt(topic.at("spec").at("partitions").text());
            kafka.admin()
                    .createTopics(
                            List.of(new NewTopic(topic.at("metadata").at("name").text(), partitions, (short) 1)))
                    .all()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
        }
        Deployment.objects("kafka-users.yaml", "KafkaUser").forEach(this::addUser);
    }

    private void addUser(Node user) {
        String name = user.at("metadata").at("name").text();
        kafka.addUser(name, passwordOf(name));
        user.at("spec").at("authorization").at("acls").list().forEach(acl -> acl.at("operations")
                .list()
                .forEach(operation -> kafka.allow(
                        name,
                        ResourceType.fromString(acl.at("resource").at("type").text()),
                        acl.at("resource").at("name").text(),
                        AclOperation.fromString(operation.text()))));
    }

    private static String passwordOf(String user) {
        return "password-of-" + user;
    }

    @Override
    void stopKafka() {
        kafka.close();
    }

    @Override
    String databaseUser() {
        return "sa";
    }

    @Override
    Map<String, Map<String, String>> variables() {
        Map<String, String> secrets = new HashMap<>(Map.of(
                "caravan/coordinator-secret", "a coordinator's secret",
                "caravan/callback-secret", "a callback's secret",
                "caravan/reply-secret", "a reply's secret in the cluster",
                "order-service-login/password", "a password of the cluster"));
        for (String service : List.of("order", "payment", "inventory", "shipping")) {
            secrets.put(
                    service + "-database/url",
                    "jdbc:h2:file:" + directory().resolve("data").resolve(service + "-service")
                            + ";MODE=PostgreSQL;WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE");
            secrets.put(service + "-database/username", databaseUser());
            secrets.put(service + "-database/password", "");
        }
        Deployment.objects("kafka-users.yaml", "KafkaUser").forEach(user -> {
            String name = user.at("metadata").at("name").text();
            secrets.put(name + "/sasl.jaas.config", SecureKafka.jaas(name, passwordOf(name)));
        });
        return Deployment.ofKubernetes(secrets);
    }

    @Override
    String here(String value) {
        return value.replace("caravan-kafka-bootstrap:9093", kafka.bootstrapServers())
                .replace("/kafka-ca/ca.crt", kafka.authority().toString());
    }

    /** As somebody would who has broken into one of the programs. */
    @ParameterizedTest
    @CsvSource({
        "shipping-service, payment-service-commands",
        "payment-service, compensation-commands",
        "order-service, saga-logs",
        "inventory-service, saga-events"
    })
    void letsNoProgramWriteWhatIsAnothers(String program, String topic) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                kafka.bootstrapServers(),
                "security.protocol",
                "SASL_SSL",
                "sasl.mechanism",
                "SCRAM-SHA-512",
                "sasl.jaas.config",
                SecureKafka.jaas(program, passwordOf(program)),
                "ssl.truststore.type",
                "PEM",
                "ssl.truststore.location",
                kafka.authority().toString());
        try (KafkaProducer<String, String> intruder =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            assertThatThrownBy(() ->
                            intruder.send(new ProducerRecord<>(topic, "forged")).get())
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(TopicAuthorizationException.class);
        }
    }
}
