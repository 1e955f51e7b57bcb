package dev.caravan.saga.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.caravan.saga.camel.StartRefusedException;
import dev.caravan.testing.HangLimit;
import dev.caravan.testing.ThreeBrokers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three brokers, whose own default is one replica. */
class TopicsOfAClusterIT {

    @TempDir
    private static Path directory;

    private static ThreeBrokers kafka;
    private static KafkaClients clients;
    private static Admin admin;

    @BeforeAll
    static void startKafka() {
        kafka = ThreeBrokers.start(directory);
        clients = KafkaClients.of(kafka.addresses());
        admin = kafka.admin();
    }

    @AfterAll
    static void stopKafka() {
        admin.close();
        clients.close();
        kafka.close();
    }

    private static void ensure(TopicSettings settings, String topic) {
        new Topics(clients, settings, HangLimit.TIME).ensure(List.of(topic), Map.of());
    }

    private static int replicas(String topic) {
        return described(topic).partitions().get(0).replicas().size();
    }

    /** Not every broker knows at once what was created. */
    private static TopicDescription described(String topic) {
        return await().ignoreExceptions()
                .until(
                        () -> admin.describeTopics(List.of(topic))
                                .allTopicNames()
                                .get(20, TimeUnit.SECONDS)
                                .get(topic),
                        Objects::nonNull);
    }

    private static String inSync(String topic) throws Exception {
        ConfigResource asked = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return admin.describeConfigs(Set.of(asked))
                .all()
                .get(20, TimeUnit.SECONDS)
                .get(asked)
                .get("min.insync.replicas")
                .value();
    }

    @Test
    void createsTopicsThatSurviveABrokerThoughKafkaWouldNot() throws Exception {
        ensure(TopicSettings.of(2), "safe");

        assertThat(replicas("safe")).isEqualTo(3);
        assertThat(inSync("safe")).isEqualTo("2");
    }

    @Test
    void createsThemAsTheApplicationSaysOtherwise() throws Exception {
        ensure(new TopicSettings(2, 2, 1), "told");

        assertThat(replicas("told")).isEqualTo(2);
        assertThat(inSync("told")).isEqualTo("1");
    }

    private static List<String> weaknesses(int replicas, int inSync) throws Exception {
        String topic = "made-by-hand-%d-%d".formatted(replicas, inSync);
        NewTopic byHand = new NewTopic(topic, Optional.of(1), Optional.of((short) replicas))
                .configs(Map.of("min.insync.replicas", Integer.toString(inSync)));
        admin.createTopics(List.of(byHand)).all().get(20, TimeUnit.SECONDS);
        return new TopicCheck(TopicSettings.of(1), HangLimit.TIME).weaknesses(admin, List.of(described(topic)));
    }

    @Test
    void saysWhatTopicsThatAreThereDoNotSurvive() throws Exception {
        assertThat(weaknesses(3, 2)).isEmpty();
        assertThat(weaknesses(2, 1)).isEmpty();
        assertThat(weaknesses(1, 1))
                .containsExactly(
                        "Topics [made-by-hand-1-1] have one replica: with its broker, sagas in flight are lost");
        assertThat(weaknesses(3, 1))
                .singleElement()
                .asString()
                .contains("min.insync.replicas=1, less than 2: what only one broker has counts as written");
        assertThat(weaknesses(3, 3))
                .singleElement()
                .asString()
                .contains("min.insync.replicas=3 of 3 replicas: without any one broker nothing can be written");
    }

    @Test
    void refusesMoreReplicasThanThereAreBrokers() {
        assertThatThrownBy(() -> ensure(new TopicSettings(2, 4, 0), "too-many"))
                .isInstanceOf(StartRefusedException.class)
                .hasMessageContaining("too-many")
                .hasMessageContaining("caravan.replication-factor");
    }
}
