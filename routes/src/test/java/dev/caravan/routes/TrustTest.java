package dev.caravan.routes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.routes.Manifests.Manifest;
import dev.caravan.saga.kafka.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Who may use which topic: the table of the operations page, the manifests and the programs say the same. */
class TrustTest {

    private static final String ORCHESTRATOR = "saga-orchestrator";
    private static final String CLUSTER_CA = "caravan-cluster-ca-cert";
    private static final String LISTENER = "/spec/kafka/listeners/0";
    private static final String CONTAINER = "/spec/template/spec/containers/0";

    private final TrustTable table = new TrustTable("## Who may use which topic");
    private final TrustTable byEvents = new TrustTable("### By events");

    private static Stream<Manifest> manifests(String kind) {
        return Manifests.all().stream().filter(manifest -> manifest.kind().equals(kind));
    }

    private static Set<String> names(String kind) {
        return manifests(kind).map(Manifest::name).collect(Collectors.toCollection(TreeSet::new));
    }

    private static JsonNode kafka() {
        return manifests("Kafka").findFirst().orElseThrow().object();
    }

    private static Set<String> set(Stream<String> texts) {
        return texts.collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void eachProgramHasTheRightsOfTheTableAndNoOthers() {
        Map<String, Set<String>> rights = new TreeMap<>();
        manifests("KafkaUser").forEach(user -> rights.put(user.name(), rights(user)));

        assertThat(rights.keySet()).isEqualTo(table.programs());
        assertThat(rights).allSatisfy((program, granted) -> assertThat(granted).isEqualTo(table.rightsOf(program)));
    }

    private static Set<String> rights(Manifest user) {
        assertThat(user.object().at("/spec/authentication/type").asText()).isEqualTo("scram-sha-512");
        assertThat(user.object().at("/spec/authorization/type").asText()).isEqualTo("simple");
        Set<String> rights = new TreeSet<>();
        Manifests.stream(user.object().at("/spec/authorization/acls")).forEach(acl -> {
            assertThat(acl.at("/resource/patternType").asText()).isEqualTo("literal");
            assertThat(acl.has("type")).as("only what is allowed is said").isFalse();
            Manifests.stream(acl.path("operations")).forEach(operation -> assertThat(rights.add("%s %s %s"
                            .formatted(
                                    operation.asText(),
                                    acl.at("/resource/type").asText(),
                                    acl.at("/resource/name").asText())))
                    .isTrue());
        });
        return rights;
    }

    @Test
    void eachTopicOfTheClusterIsInTheTable() {
        assertThat(table.topics().keySet()).isEqualTo(names("KafkaTopic"));
        assertThat(table.topics().values())
                .allSatisfy(row -> assertThat(row.danger()).hasSizeGreaterThan(10))
                .allSatisfy(row -> assertThat(row.writers()).isNotEmpty());
    }

    /** As the library and the route files name them. */
    @Test
    void theTableIsWhatTheProgramsDo() {
        Set<String> services = find("saga-command:([a-z-]+)/", Path.of("orchestration/order-saga.camel.xml"));
        Set<String> commands = set(services.stream().map(Topics::commandsOf));
        Set<String> work = new TreeSet<>(commands);
        work.add(Topics.COMPENSATION_COMMANDS);
        Set<String> deadLetters = set(work.stream().map(Topics::deadLettersOf));
        Set<String> all = new TreeSet<>(work);
        all.addAll(deadLetters);
        all.addAll(List.of(Topics.SAGA_LOGS, Topics.SAGA_EVENTS, Topics.SAGA_REPLIES));
        all.addAll(Topics.withDeadLetters(List.of(Topics.SAGA_REPLIES)));
        all.add(Topics.deadLettersOf(Topics.SAGA_LOGS));
        assertThat(services).hasSize(4);
        assertThat(table.topics().keySet()).isEqualTo(all);

        assertThat(table.topics()).allSatisfy((topic, row) -> {
            Set<String> owners = commands.stream().anyMatch(topic::startsWith)
                    ? Set.of(topic.replaceFirst("-commands.*", ""))
                    : services;
            if (work.contains(topic)) {
                assertThat(row.writers()).containsExactly(ORCHESTRATOR);
                assertThat(row.readers()).isEqualTo(owners);
            } else if (deadLetters.contains(topic)) {
                assertThat(row.writers()).isEqualTo(owners);
                assertThat(row.readers()).containsExactly(ORCHESTRATOR);
            } else if (topic.equals(Topics.SAGA_REPLIES)) {
                assertThat(row.writers())
                        .containsAll(services)
                        .contains(ORCHESTRATOR)
                        .hasSize(5);
                assertThat(row.readers()).containsExactly(ORCHESTRATOR);
            } else {
                assertThat(row.writers()).containsExactly(ORCHESTRATOR);
                assertThat(Set.of(ORCHESTRATOR)).containsAll(row.readers());
            }
        });
        Set<String> groups = new TreeSet<>(services);
        groups.addAll(List.of(ORCHESTRATOR, "caravan-dead-letters"));
        assertThat(table.groups().keySet()).isEqualTo(groups);
    }

    /** Nobody comes to the brokers but the programs of the table, each in its own name, over TLS. */
    @Test
    void onlyTheProgramsOfTheTableReachKafka() {
        assertThat(kafka().at("/spec/kafka/listeners")).hasSize(1);
        assertThat(kafka().at(LISTENER + "/tls").asBoolean()).isTrue();
        assertThat(kafka().at(LISTENER + "/authentication/type").asText()).isEqualTo("scram-sha-512");
        assertThat(kafka().at("/spec/kafka/authorization/type").asText()).isEqualTo("simple");
        assertThat(kafka().at("/spec/kafka/authorization").has("superUsers")).isFalse();
        JsonNode peers = kafka().at(LISTENER + "/networkPolicyPeers");
        assertThat(peers).hasSize(1);
        JsonNode names = peers.at("/0/podSelector/matchExpressions/0");
        assertThat(names.path("key").asText()).isEqualTo("app.kubernetes.io/name");
        assertThat(names.path("operator").asText()).isEqualTo("In");
        assertThat(set(Manifests.stream(names.path("values")).map(JsonNode::asText)))
                .isEqualTo(table.programs());
    }

    @Test
    void eachProgramLogsInInItsOwnName() {
        Set<String> programs = new TreeSet<>();
        JsonNode settings = Kustomize.render(Path.of("kubernetes/base")).stream()
                .filter(object -> object.path("kind").asText().equals("ConfigMap"))
                .filter(object -> object.at("/metadata/name").asText().equals("kafka"))
                .findFirst()
                .orElseThrow()
                .path("data");
        assertThat(value(settings, "BROKERS"))
                .isEqualTo("caravan-kafka-bootstrap:"
                        + kafka().at(LISTENER + "/port").asInt());
        assertThat(value(settings, "SECURITY_PROTOCOL")).isEqualTo("SASL_SSL");
        assertThat(value(settings, "SASL_MECHANISM")).isEqualTo("SCRAM-SHA-512");
        manifests("StatefulSet").forEach(workload -> {
            if (!workload.object()
                    .at(CONTAINER + "/envFrom")
                    .findValuesAsText("name")
                    .contains("kafka")) {
                return;
            }
            Map<String, JsonNode> variables = new TreeMap<>();
            Manifests.stream(workload.object().at(CONTAINER + "/env"))
                    .forEach(variable -> variables.put(variable.path("name").asText(), variable));
            programs.add(workload.name());
            JsonNode login =
                    variables.get("CAMEL_COMPONENT_KAFKA_SASL_JAAS_CONFIG").at("/valueFrom/secretKeyRef");
            assertThat(login.path("name").asText()).isEqualTo(workload.name());
            assertThat(login.path("key").asText()).isEqualTo("sasl.jaas.config");
            assertThat(workload.object()
                            .at("/spec/template/metadata/labels/app.kubernetes.io~1name")
                            .asText())
                    .isEqualTo(workload.name());
            assertThat(workload.object().at("/spec/template/spec/volumes").findValuesAsText("secretName"))
                    .contains(CLUSTER_CA);
        });
        assertThat(programs).isEqualTo(table.programs());
    }

    /** Whom a program asks by its settings lets it in. */
    @Test
    void whoIsAskedLetsInWhoAsks() {
        Pattern address = Pattern.compile("http://([a-z-]+):([0-9]+)");
        Set<String> calls = new TreeSet<>();
        manifests("StatefulSet")
                .forEach(workload -> Manifests.stream(workload.object().at(CONTAINER + "/env"))
                        .flatMap(variable ->
                                address.matcher(variable.path("value").asText()).results())
                        .filter(asked -> !asked.group(1).equals(workload.name()))
                        .forEach(asked -> calls.add(workload.name() + " > " + asked.group(1) + ":" + asked.group(2))));

        assertThat(calls).contains("order-service > payment-service:8082", "order-service > saga-orchestrator:8090");
        assertThat(calls).allSatisfy(call -> assertThat(allowed()).contains(call));
    }

    private static Set<String> allowed() {
        String label = "/podSelector/matchLabels/app.kubernetes.io~1name";
        Set<String> allowed = new TreeSet<>();
        manifests("NetworkPolicy").map(Manifest::object).forEach(policy -> {
            JsonNode rule = policy.at("/spec/ingress/0");
            Manifests.stream(rule.path("from"))
                    .forEach(from -> allowed.add("%s > %s:%d"
                            .formatted(
                                    from.at(label).asText(),
                                    policy.at("/spec" + label).asText(),
                                    rule.at("/ports/0/port").asInt())));
        });
        return allowed;
    }

    private static String value(JsonNode settings, String setting) {
        return settings.path("CAMEL_COMPONENT_KAFKA_" + setting).asText();
    }

    /** The services of the choreography: what their route files consume and produce. */
    @Test
    void theTableOfEventsIsWhatTheRoutesDo() {
        Map<String, Set<String>> writers = new TreeMap<>();
        Map<String, Set<String>> readers = new TreeMap<>();
        Map<String, Set<String>> groups = new TreeMap<>();
        for (String service : table.programs()) {
            Path routes = Path.of("choreography", service + ".camel.xml");
            if (Files.exists(routes)) {
                find("<to uri=\"kafka:([a-z-]+)\"", routes).forEach(topic -> add(writers, topic, service));
                find("<from uri=\"kafka:([a-z,-]+)\\?", routes).stream()
                        .flatMap(topics -> Stream.of(topics.split(",")))
                        .forEach(topic -> {
                            add(readers, topic, service);
                            add(writers, Topics.deadLettersOf(topic), service);
                        });
                find("groupId=([a-z-]+)", routes).forEach(group -> add(groups, group, service));
            }
        }

        assertThat(writers).hasSize(8);
        assertThat(byEvents.topics().keySet()).isEqualTo(writers.keySet());
        assertThat(byEvents.topics()).allSatisfy((topic, row) -> {
            assertThat(row.writers()).isEqualTo(writers.get(topic));
            assertThat(row.readers()).isEqualTo(readers.getOrDefault(topic, new HashSet<>()));
            assertThat(row.danger()).hasSizeGreaterThan(10);
        });
        assertThat(byEvents.groups()).containsExactlyInAnyOrderEntriesOf(groups);
    }

    private static void add(Map<String, Set<String>> of, String key, String value) {
        of.computeIfAbsent(key, any -> new TreeSet<>()).add(value);
    }

    private static Set<String> find(String pattern, Path file) {
        try {
            return set(Pattern.compile(pattern)
                    .matcher(Files.readString(file))
                    .results()
                    .map((MatchResult found) -> found.group(1)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
