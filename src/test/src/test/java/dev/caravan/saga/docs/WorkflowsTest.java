package dev.caravan.saga.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;

/** The files that a public forge runs: a forge says what is wrong in them only when it is too late, on the day of a release. */
class WorkflowsTest {

    private static final Path DIRECTORY = Repository.ROOT.resolve(".github/workflows");

    /** What a forge knows; the parser of YAML 1.1 reads {@code on} as true. */
    private static final Set<String> OF_WORKFLOW = Set.of("name", "true", "permissions", "jobs");

    private static final Set<String> OF_JOB =
            Set.of("runs-on", "strategy", "environment", "permissions", "steps", "needs");
    private static final Set<String> OF_STEP = Set.of("name", "uses", "with", "run", "env", "if", "id");
    private static final Set<String> GITHUB = Set.of("github.event_name");
    private static final Pattern EXPRESSION = Pattern.compile("\\$\\{\\{\\s*(.*?)\\s*}}");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{?([A-Z_]+)");

    /** What a runner sets. */
    private static final Set<String> OF_RUNNER = Set.of(
            "GITHUB_REF_NAME", "GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_REPOSITORY_OWNER", "GITHUB_ACTOR");

    private record Step(String job, JsonNode jobNode, JsonNode node) {

        String run() {
            return node.path("run").asText();
        }

        @Override
        public String toString() {
            return job + ": " + node;
        }
    }

    static Stream<String> workflows() throws IOException {
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList().stream();
        }
    }

    private static JsonNode workflow(String file) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        return new ObjectMapper().valueToTree(new Yaml(options).load(Repository.text(DIRECTORY.resolve(file))));
    }

    private static List<Step> steps(String file) {
        List<Step> steps = new ArrayList<>();
        workflow(file).path("jobs").properties().forEach(job -> job.getValue()
                .path("steps")
                .forEach(step -> steps.add(new Step(job.getKey(), job.getValue(), step))));
        return steps;
    }

    private static List<String> names(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    @ParameterizedTest
    @MethodSource("workflows")
    void haveWhatAForgeKnowsAndNothingElse(String file) {
        JsonNode workflow = workflow(file);

        assertThat(names(workflow)).containsExactlyInAnyOrderElementsOf(OF_WORKFLOW);
        assertThat(workflow.path("jobs")).isNotEmpty().allSatisfy(job -> {
            assertThat(names(job)).contains("runs-on", "steps").isSubsetOf(OF_JOB);
            assertThat(job.path("steps")).isNotEmpty().allSatisfy(step -> {
                assertThat(names(step)).isSubsetOf(OF_STEP);
                assertThat(step.has("run")).as(step.toString()).isNotEqualTo(step.has("uses"));
            });
        });
    }

    /** Each says what it may do; an action of others is of a version that is named. */
    @ParameterizedTest
    @MethodSource("workflows")
    void mayReadTheSourcesAndUseActionsOfAVersion(String file) {
        assertThat(workflow(file).at("/permissions/contents").asText()).isEqualTo("read");
        assertThat(steps(file)).filteredOn(step -> step.node().has("uses")).allSatisfy(step -> assertThat(
                        step.node().path("uses").asText())
                .matches("[\\w.-]+/[\\w./-]+@v\\d+"));
    }

    /** An expression of a name that is not there is empty, and nobody is told. Secrets and variables are on the page of releases. */
    @ParameterizedTest
    @MethodSource("workflows")
    void nameWhatIsThere(String file) {
        String needed = Repository.text("src/docs/releasing.md");
        for (Step step : steps(file)) {
            for (String expression : Repository.find(EXPRESSION, step.node().toString())) {
                String name = expression.substring(expression.indexOf('.') + 1);
                if (expression.startsWith("matrix.")) {
                    assertThat(step.jobNode().at("/strategy/matrix").has(name))
                            .as(step.toString())
                            .isTrue();
                } else if (!expression.equals("secrets.GITHUB_TOKEN")) {
                    assertThat(expression).matches("(secrets|vars)\\.\\w+");
                    assertThat(needed).as(expression).contains("`" + name + "`");
                    assertThat(step.jobNode().path("environment").asText())
                            .as(expression)
                            .isEqualTo("release");
                }
            }
            Repository.find(
                            Pattern.compile("(github\\.\\w+)"),
                            step.node().path("if").asText())
                    .forEach(known -> assertThat(GITHUB).contains(known));
        }
    }

    /** What a command takes from its environment is of the runner, or of the step. */
    @ParameterizedTest
    @MethodSource("workflows")
    void giveCommandsTheVariablesThatTheyTake(String file) {
        assertThat(steps(file)).allSatisfy(step -> assertThat(Repository.find(VARIABLE, step.run()))
                .filteredOn(variable -> !OF_RUNNER.contains(variable) && !variable.startsWith("JAVA_HOME_"))
                .isSubsetOf(names(step.node().path("env"))));
    }

    /** Scripts, modules and profiles, and no other command. */
    @ParameterizedTest
    @MethodSource("workflows")
    void runWhatTheRepositoryHas(String file) {
        String parent = Repository.text("pom.xml");
        List<String> commands = steps(file).stream()
                .map(Step::run)
                .filter(run -> !run.isEmpty())
                .toList();

        assertThat(commands).isNotEmpty().allSatisfy(command -> {
            String program = command.split("\\s", 2)[0];
            if (!program.equals("mvn")) {
                assertThat(Repository.ROOT.resolve(program)).isExecutable();
            }
            assertThat(Repository.find(Pattern.compile("-P(\\w+)"), command))
                    .allSatisfy(profile -> assertThat(parent).contains("<id>%s</id>".formatted(profile)));
            assertThat(Repository.find(Pattern.compile("-pl (\\S+)"), command))
                    .flatMap(modules -> List.of(modules.split(",")))
                    .allSatisfy(
                            module -> assertThat(Repository.ROOT.resolve(module).resolve("pom.xml"))
                                    .exists());
        });
    }

    /** The JDKs that are tested are those that the page on security names. */
    @Test
    void testTheJavasThatAreSupported() {
        List<String> tested = new ArrayList<>();
        workflow("build.yml").at("/jobs/test/strategy/matrix/java").forEach(java -> tested.add(java.asText()));

        assertThat(Repository.text("src/docs/security.md").replaceAll("\\s+", " "))
                .contains("Java %s and %s, Spring Boot"
                        .formatted(
                                String.join(", ", tested.subList(0, tested.size() - 1)),
                                tested.get(tested.size() - 1)));
    }
}
