package dev.caravan.saga.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.camel.RenamedSettings;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the documents name exists, and what can be set is documented. */
class DocumentsTest {

    private static final String METADATA = "META-INF/spring-configuration-metadata.json";
    private static final Pattern SETTING =
            Pattern.compile("(?<![\\w.])((?:caravan|camel\\.lra)\\.[a-z0-9-]+(?:\\.[a-z0-9-]+)*)");
    private static final Pattern TABLE_ROW = Pattern.compile("(?m)^\\| `([a-z0-9.-]+)` \\|");
    private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]+)(?:#[^)]*)?\\)");
    private static final Pattern HEADING_LINK = Pattern.compile("\\]\\(([^)#]*)#([^)]*)\\)");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^(```.*?^```)$");
    private static final Pattern CLASS_NAME = Pattern.compile("(?:[A-Z][a-z0-9]+){2,}");

    /** Names like those of classes that are not Caravan's. */
    private static final Set<String> FOREIGN = Set.of(
            "CamelSagaService",
            "CommandGateway",
            "DataSource",
            "DataSourceTransactionManager",
            "DeadlineManager",
            "InOnly",
            "InOut",
            "JdbcTemplate",
            "KafkaUser",
            "SagaComponentTest",
            "SagaCoordinatorCleanupTest",
            "SagaFailuresTest",
            "SagaOptionsTest",
            "SagaProcessor",
            "SagaPropagationTest",
            "SagaTest",
            "SagaTestFixture",
            "SagaTimeoutTest",
            "SecurityFilterChain",
            "UserDetailsService");

    /** Settings like Caravan's that are not Caravan's. */
    private static final Set<String> FOREIGN_SETTINGS = Set.of("camel.lra.enabled", "caravan.url");

    /** Behind it are settings of Kafka's clients. */
    private static final String OF_KAFKA = "caravan.lra.coordinator.log.kafka.";

    static Stream<String> documents() {
        return Repository.files(path -> path.endsWith(".md")).stream().map(Repository::relative);
    }

    @ParameterizedTest
    @MethodSource("documents")
    void linksLeadToFiles(String document) {
        Path directory = Repository.ROOT.resolve(document).getParent();

        assertThat(Repository.find(LINK, Repository.text(document)))
                .filteredOn(link -> !link.contains("://"))
                .allSatisfy(link -> assertThat(directory.resolve(link)).exists());
    }

    @ParameterizedTest
    @MethodSource("documents")
    void linksLeadToHeadings(String document) {
        Path directory = Repository.ROOT.resolve(document).getParent();

        assertThat(HEADING_LINK
                        .matcher(withoutBlocks(Repository.text(document)))
                        .results())
                .filteredOn(link -> !link.group(1).contains("://"))
                .allSatisfy(link -> {
                    Path target = link.group(1).isEmpty()
                            ? Repository.ROOT.resolve(document)
                            : directory.resolve(link.group(1));
                    assertThat(anchors(Repository.text(target))).contains(link.group(2));
                });
    }

    /** Of the headings, as GitHub makes them. */
    private static List<String> anchors(String markdown) {
        return Repository.find(Pattern.compile("(?m)^#+ (.+)$"), withoutBlocks(markdown)).stream()
                .map(heading -> heading.toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N}_ -]", "")
                        .replace(' ', '-'))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("documents")
    void pathsExist(String document) {
        Set<String> tops = Set.of("src", "routes", "lra-coordinator", "services", ".ci");

        assertThat(code(document))
                .filteredOn(code ->
                        code.matches("[\\w./-]+/[\\w./-]+") && tops.contains(code.substring(0, code.indexOf('/'))))
                .allSatisfy(path -> assertThat(Repository.ROOT.resolve(path)).exists());
    }

    @ParameterizedTest
    @MethodSource("documents")
    void classesExist(String document) {
        Set<String> classes = new HashSet<>(FOREIGN);
        Repository.files(path -> path.endsWith(".java")).forEach(file -> classes.add(simpleName(file)));
        classes.addAll(Repository.find(
                Pattern.compile("\"(Caravan\\w+)\""),
                Repository.text("src/camel/src/main/java/dev/caravan/saga/camel/SagaConstants.java")));

        assertThat(code(document))
                .map(code -> code.startsWith("dev.caravan.") ? code.substring(code.lastIndexOf('.') + 1) : code)
                .filteredOn(code -> CLASS_NAME.matcher(code).matches())
                .isSubsetOf(classes);
    }

    private static String simpleName(Path file) {
        return file.getFileName().toString().replace(".java", "");
    }

    private static List<String> code(String document) {
        return Repository.find(CODE, withoutBlocks(Repository.text(document)));
    }

    private static String withoutBlocks(String markdown) {
        return markdown.replaceAll("(?s)```.*?```", "");
    }

    @ParameterizedTest
    @MethodSource("documents")
    void modulesThatMavenIsGivenExist(String document) {
        assertThat(Repository.find(Pattern.compile("-pl ([\\w/,:.-]+)"), Repository.text(document)))
                .flatMap(modules -> List.of(modules.split(",")))
                .allSatisfy(module -> assertThat(Repository.ROOT.resolve(module).resolve("pom.xml"))
                        .exists());
    }

    @ParameterizedTest
    @MethodSource("documents")
    void jarsAreThoseThatTheBuildMakes(String document) {
        String version = version();
        Pattern jar = Pattern.compile("([\\w/-]+/target/[\\w.-]+\\.jar)");

        assertThat(Repository.find(jar, Repository.text(document))).allSatisfy(path -> {
            String module = path.substring(0, path.indexOf("/target/"));
            String artifact = artifactOf(Repository.text(module + "/pom.xml"));
            assertThat(path).isEqualTo("%s/target/%s-%s-exec.jar".formatted(module, artifact, version));
        });
    }

    private static String version() {
        return Repository.find(
                        Pattern.compile("</artifactId>\\s*<version>([^<]+)</version>\\s*<packaging>"),
                        Repository.text("pom.xml"))
                .get(0);
    }

    private static String artifactOf(String pom) {
        return Repository.find(
                        Pattern.compile("<artifactId>([^<]+)</artifactId>"),
                        pom.substring(Math.max(0, pom.indexOf("</parent>"))))
                .get(0);
    }

    @Test
    void theRoutesInTheReadmeAreThoseOfTheSaga() {
        String routes = Repository.text("routes/orchestration/order-saga.camel.xml");

        assertThat(Repository.find(Pattern.compile("(?s)```xml\n( +<route.*?)```"), Repository.text("README.md")))
                .isNotEmpty()
                .allSatisfy(route -> assertThat(routes).contains(route));
    }

    @Test
    void theArtifactsInTheReadmeAreThoseOfTheBuild() {
        Set<String> artifacts = Repository.files(path -> path.matches("src/[^/]+/pom.xml")).stream()
                .map(pom -> artifactOf(Repository.text(pom)))
                .collect(Collectors.toSet());
        String readme = Repository.text("README.md");

        assertThat(Repository.find(Pattern.compile("<artifactId>([^<]+)<"), readme))
                .isNotEmpty()
                .isSubsetOf(artifacts);
        assertThat(Repository.find(Pattern.compile("<version>([^<]+)<"), readme))
                .isNotEmpty()
                .containsOnly(version());
    }

    /** What is longer belongs on a page of its own: settings into src/docs/reference.md. */
    @Test
    void theReadmeIsReadInAFewMinutes() {
        assertThat(Repository.ROOT.resolve("README.md").toFile())
                .satisfies(readme -> assertThat(readme.length()).isLessThan(15 * 1024));
    }

    /** A change of README.md that is not only one of words belongs into src/docs/README.ko.md, too. */
    @Test
    void theReadmeInKoreanHasTheSameSectionsCommandsAndNames() {
        String korean = Repository.text("src/docs/README.ko.md");

        assertThat(sections(korean)).isEqualTo(sections(Repository.text("README.md")));

        assertThat(Repository.find(BLOCK, korean)).isEqualTo(Repository.find(BLOCK, Repository.text("README.md")));
        assertThat(new TreeSet<>(code("src/docs/README.ko.md"))).isEqualTo(new TreeSet<>(code("README.md")));
    }

    /** The headings without their words. */
    private static List<String> sections(String markdown) {
        return Repository.find(Pattern.compile("(?m)^(#+) "), withoutBlocks(markdown));
    }

    @Test
    void theJavaInTheTestKitsPageIsRun() {
        String tests = Repository.text("src/test/src/test/java/dev/caravan/saga/test/SagaScenarioTest.java");

        assertThat(Repository.find(Pattern.compile("(?s)```java\n(.*?)```"), Repository.text("src/docs/test-kit.md")))
                .isNotEmpty()
                .allSatisfy(code -> assertThat(tests).contains(code));
    }

    @Test
    void theReadmeNamesEveryCardOfTheSandbox() {
        String cards = Repository.text("services/payment/src/main/java/dev/caravan/payment/SandboxCard.java");

        assertThat(Repository.text("README.md")).contains(Repository.find(Pattern.compile("\"([0-9]{16})\""), cards));
    }

    /** A choice is a section of the third level; those of the second are the parts, which the contents have. */
    @Test
    void theRationaleHasContentsAndAPriceForEachChoice() {
        String page = Repository.text("src/docs/rationale.md");
        List<String> choices = List.of(page.split("(?m)^(?=##)"));

        assertThat(Repository.find(Pattern.compile("(?m)^## (.+)$"), page))
                .isEqualTo(Repository.find(Pattern.compile("(?m)^- \\[(.+)]\\(#"), choices.get(0)));
        assertThat(choices)
                .filteredOn(choice -> choice.startsWith("### "))
                .hasSizeGreaterThan(50)
                .allSatisfy(choice -> assertThat(choice).contains("\n*Price:* "));
        assertThat(choices).filteredOn(part -> part.startsWith("## ")).allSatisfy(part -> assertThat(part.strip())
                .hasLineCount(1));
    }

    @Test
    void theConceptsHaveEachStatusOfAStep() {
        assertThat(Repository.find(Pattern.compile("(?m)^\\| ([A-Z_]+) \\|"), Repository.text("src/docs/concepts.md")))
                .containsExactlyElementsOf(
                        Stream.of(StepStatus.values()).map(StepStatus::name).toList());
    }

    /** A thread that the library makes has a row. */
    @Test
    void thePageOfThreadsHasEachThatIsMade() {
        Pattern made = Pattern.compile(
                "(?:new (?:Thread|RecordLoop|PollLoop)\\([^;]*?|Executors\\.(?:small|blocking|routes)\\(|ThreadFactory\\()\"(-?[a-z][a-z-]+)\"");
        Set<String> names =
                Repository.files(path -> path.matches("(src/[^/]+|lra-coordinator)/src/main/java/.*\\.java")).stream()
                        .flatMap(file -> Repository.find(made, Repository.text(file)).stream())
                        .map(name -> name.equals("-reader") ? "saga-logs-reader" : name)
                        .map(name -> name.equals("-commands") ? "<service>-commands" : name)
                        .collect(Collectors.toCollection(TreeSet::new));
        Pattern row = Pattern.compile("(?m)^\\| `([a-z<>-]+)` \\| ");

        assertThat(names).hasSizeGreaterThan(10);
        assertThat(Repository.find(row, Repository.text("src/docs/threads.md")))
                .containsAll(names)
                .filteredOn(name -> !name.startsWith("kafka-"))
                .allSatisfy(name -> assertThat(names).contains(name));
    }

    @ParameterizedTest
    @MethodSource("documents")
    void settingsThatAreNamedExist(String document) throws IOException {
        Set<String> known = settings();
        known.addAll(FOREIGN_SETTINGS);

        assertThat(named(Repository.text(document)))
                .filteredOn(name -> !name.startsWith(OF_KAFKA))
                .isSubsetOf(known);
    }

    @Test
    void theReferenceHasEverySetting() throws IOException {
        assertThat(settings()).isSubsetOf(new TreeSet<>(Repository.find(TABLE_ROW, reference())));
    }

    /** The part of the reference that has the settings, to its end. */
    private static String reference() {
        String page = Repository.text("src/docs/reference.md");
        return page.substring(page.indexOf("\n## Settings\n"));
    }

    /** An editor shows name, type and description of each. */
    @Test
    void everySettingHasMetadata() throws IOException {
        Map<String, JsonNode> metadata = new TreeMap<>();
        for (Path file : Repository.files(path -> path.endsWith("/src/main/resources/" + METADATA))) {
            for (JsonNode property : new ObjectMapper().readTree(file.toFile()).path("properties")) {
                metadata.put(property.path("name").textValue(), property);
            }
        }
        assertThat(metadata.values()).allSatisfy(property -> {
            assertThat(property.path("type").asText()).isNotBlank();
            assertThat(property.path("description").asText()).endsWith(".");
        });
        Set<String> known = new TreeSet<>(declared().keySet());
        known.addAll(metadata.keySet());

        assertThat(settings()).filteredOn(name -> name.startsWith("caravan.")).isSubsetOf(known);
        assertThat(metadata.keySet()).isSubsetOf(Repository.find(TABLE_ROW, reference()));
    }

    /** What the annotation processor found has a default that can be compared. */
    @Test
    void theReferenceHasTheDefaults() throws IOException {
        Map<String, List<String>> rows = defaults(reference());

        declared().forEach((name, value) -> {
            if (value != null) {
                assertThat(rows.get(name)).as(name).contains(value);
            }
        });
    }

    /** What the last column of the tables of settings has as code, by name. */
    private static Map<String, List<String>> defaults(String text) {
        Map<String, List<String>> rows = new TreeMap<>();
        Pattern row = Pattern.compile("(?m)^(\\| `[a-z0-9.-]+` \\|.*)$");
        for (String line : Repository.find(row, text)) {
            String[] cells = line.split("\\|");
            if (cells.length > 3) {
                rows.put(cells[1].strip().replace("`", ""), Repository.find(CODE, cells[3]));
            }
        }
        return rows;
    }

    private static Set<String> named(String text) {
        return Repository.find(SETTING, text.replaceAll("dev\\.caravan", "")).stream()
                .filter(name -> !Set.of("caravan.idempotent", "caravan.key").contains(name)) // options of a block
                .filter(name -> !name.startsWith("caravan.attribute"))
                .map(name -> name.replaceFirst("^(caravan\\.participants)\\..*", "$1"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Those of the records, and those that the services read one by one. */
    private static Set<String> settings() throws IOException {
        Set<String> settings = new TreeSet<>(declared().keySet());
        Set<String> mentioned = Repository.files(
                        path -> path.contains("/src/main/") && (path.endsWith(".java") || path.endsWith(".properties")))
                .stream()
                .flatMap(file -> named(Repository.text(file)).stream())
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> prefixes = Set.of("caravan.lra.coordinator", "caravan.console", "caravan.http");
        mentioned.removeAll(prefixes);
        mentioned.removeAll(RenamedSettings.newNames().keySet());
        settings.addAll(mentioned);
        return settings;
    }

    /** By name, with the default. */
    private static Map<String, String> declared() throws IOException {
        Map<String, String> declared = new TreeMap<>();
        for (URL metadata :
                Collections.list(DocumentsTest.class.getClassLoader().getResources(METADATA))) {
            JsonNode properties;
            try (InputStream in = metadata.openStream()) {
                properties = new ObjectMapper().readTree(in).path("properties");
            }
            for (JsonNode property : properties) {
                String name = property.path("name").textValue();
                if (name.startsWith("caravan.") && !property.has("deprecation")) {
                    declared.put(name, property.path("defaultValue").asText(null));
                }
            }
        }
        assertThat(declared).containsKeys("caravan.coordinator", "caravan.lra.coordinator.store-dir");
        return declared;
    }

    @Test
    void thereIsAPackageInfoForEachPackageOfTheLibrary() {
        assertThat(Repository.library())
                .allSatisfy(file -> assertThat(Files.exists(file.resolveSibling("package-info.java")))
                        .as(Repository.relative(file.getParent()))
                        .isTrue());
    }
}
