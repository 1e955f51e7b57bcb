package dev.caravan.saga.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.camel.SagaAwaitEndpoint;
import dev.caravan.saga.camel.SagaCommandEndpoint;
import dev.caravan.saga.camel.SagaConstants;
import dev.caravan.saga.camel.SagaEventRoutes;
import dev.caravan.saga.camel.SagaEvents;
import dev.caravan.saga.kafka.DeadLetters;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.state.AllEvents;
import dev.caravan.saga.state.SagaStateMachine;
import dev.caravan.saga.state.Transition;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** src/docs/reference.md has all that there is to refer to. */
class ReferenceTest {

    private static final String PAGE = Repository.text("src/docs/reference.md");
    private static final Pattern NAME = Pattern.compile("`([^`]+)`");

    /** The lines of a section's tables, cell by cell, by each name in the first cell. */
    private static Map<String, List<String>> table(String section) {
        String text = PAGE.substring(PAGE.indexOf("\n## " + section) + 1);
        int end = text.indexOf("\n## ");
        Map<String, List<String>> rows = new TreeMap<>();
        for (String line :
                Repository.find(Pattern.compile("(?m)^\\| (`.*) \\|$"), end < 0 ? text : text.substring(0, end))) {
            List<String> cells = List.of(line.split(" \\| ", -1));
            Repository.find(NAME, cells.get(0)).forEach(name -> rows.put(name, cells));
        }
        assertThat(rows).as(section).isNotEmpty();
        return rows;
    }

    static List<Field> options() {
        return Arrays.stream(SagaCommandEndpoint.class.getDeclaredFields())
                .filter(field -> field.isAnnotationPresent(UriParam.class) || field.isAnnotationPresent(UriPath.class))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("options")
    void hasTheOption(Field option) {
        List<String> row = table("The component `saga-command`").get(option.getName());

        assertThat(row).as(option.getName()).isNotNull();
        UriParam param = option.getAnnotation(UriParam.class);
        if (param != null) {
            assertThat(row.get(1)).isEqualTo(param.label().isEmpty() ? "both" : param.label());
            if (!param.defaultValue().isEmpty()) {
                assertThat(row.get(3)).isEqualTo("`" + param.defaultValue() + "`");
            }
        }
    }

    @Test
    void hasNoOptionThatIsNotThere() {
        assertThat(table("The component `saga-command`").keySet())
                .filteredOn(name -> !name.endsWith("Exception"))
                .containsExactlyInAnyOrderElementsOf(
                        options().stream().map(Field::getName).toList());
    }

    @Test
    void hasTheOptionsOfAStepThatWaits() {
        List<String> options = Arrays.stream(SagaAwaitEndpoint.class.getDeclaredFields())
                .filter(field -> field.isAnnotationPresent(UriParam.class) || field.isAnnotationPresent(UriPath.class))
                .map(Field::getName)
                .toList();

        assertThat(table("The component `saga-await`").keySet()).containsExactlyInAnyOrderElementsOf(options);
    }

    static Stream<String> constants() {
        return Stream.of(SagaConstants.class, SagaEventRoutes.class, DeadLetters.class, Phase.class)
                .flatMap(holder -> Arrays.stream(holder.getDeclaredFields()))
                .filter(field -> Modifier.isPublic(field.getModifiers()) && field.getType() == String.class)
                .map(ReferenceTest::value);
    }

    private static String value(Field constant) {
        try {
            return (String) constant.get(null);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("constants")
    void hasTheHeaderOrProperty(String name) {
        assertThat(Stream.of(
                                "Headers of a route",
                                "Properties of an exchange",
                                "Properties of a route",
                                "Options of a step",
                                "The bean `sagaEvents`, for sagas by events",
                                "Headers of records")
                        .flatMap(section -> table(section).keySet().stream()))
                .contains(name);
    }

    @Test
    void hasTheMethodsOfTheBean() {
        assertThat(table("The bean `sagaEvents`, for sagas by events").keySet().stream()
                        .map(name -> name.replaceAll("\\(.*", "")))
                .containsAll(Arrays.stream(SagaEvents.class.getDeclaredMethods())
                        .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic())
                        .map(method -> method.getName())
                        .toList());
    }

    static List<String> calls() {
        Pattern controller = Pattern.compile("@RestController");
        Pattern method = Pattern.compile("@((?:Get|Put|Post|Delete)Mapping(?:\\([^)]*\\))?)\\s");
        Pattern path = Pattern.compile("\"(/[^\"]*)\"");
        return Repository.library().stream()
                .map(Repository::text)
                .filter(source -> controller.matcher(source).find())
                .flatMap(source -> {
                    String base = Stream.concat(
                                    Repository.find(Pattern.compile("@RequestMapping\\(([^)]*)\\)"), source).stream()
                                            .flatMap(mapping -> Repository.find(path, mapping).stream()),
                                    Stream.of("/lra-participant"))
                            .findFirst()
                            .orElseThrow();
                    return Repository.find(method, source).stream()
                            .map(mapping -> mapping.substring(0, mapping.indexOf("Mapping"))
                                            .toUpperCase(Locale.ROOT)
                                    + " " + base
                                    + String.join("", Repository.find(path, mapping)));
                })
                .toList();
    }

    @Test
    void hasEveryCall() {
        assertThat(calls()).hasSizeGreaterThan(10);
        assertThat(new TreeSet<>(table("REST").keySet())).isEqualTo(new TreeSet<>(calls()));
    }

    @Test
    void hasEveryEventOfTheLog() {
        List<String> types = AllEvents.types().stream()
                .map(type -> type.getSimpleName()
                        .replaceAll("(?<=[a-z])(?=[A-Z])", "_")
                        .toUpperCase(Locale.ROOT))
                .toList();

        assertThat(table("Events of the saga log").keySet()).containsExactlyInAnyOrderElementsOf(types);
    }

    @ParameterizedTest
    @EnumSource
    void saysWhereATransitionLeads(Transition transition) {
        List<String> led = Arrays.stream(SagaStatus.values())
                .flatMap(from -> SagaStateMachine.next(from, transition).stream())
                .map(SagaStatus::name)
                .distinct()
                .toList();

        assertThat(table("Events of the saga log").get(transition.name()).get(2))
                .isEqualTo(String.join(", ", led));
    }
}
