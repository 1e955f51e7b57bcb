package dev.caravan.saga.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.docs.Repository;
import dev.caravan.saga.state.AllEvents;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.microprofile.lra.annotation.LRAStatus;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The models in src/docs/protocol hold, find each rule that is taken out, and speak of what there is. */
@Timeout(value = 90, unit = TimeUnit.MINUTES)
class ProtocolModelTest {

    private static final boolean LARGE = Boolean.getBoolean("protocol.large");

    @ParameterizedTest
    @CsvSource({"saga-log,", "lra,", "lra-log,", "lra-log, -DMOVES=0 -DCRASHES=1"})
    void holdsInAllStatesOfASmallInstance(String model, String size) throws Exception {
        assertHolds(model, size == null ? List.of() : List.of(size.split(" ")));
    }

    @ParameterizedTest
    @Tag("thorough")
    @CsvSource({
        "saga-log, NO_EPOCH",
        "saga-log, NO_READ_BACK",
        "saga-log, NO_BAR",
        "saga-log, NO_DECISION",
        "saga-log, STALE_SNAPSHOT",
        "lra, NO_ASK",
        "lra, NO_GONE",
        "lra, NO_JOIN",
        "lra-log, NO_CLAIM",
        "lra-log, NO_LOOK",
        "lra-log, NO_CONTEST",
        "lra-log, NO_PAUSE",
        "lra-log, NO_ROUND",
        "lra-log, NO_FIRST"
    })
    void findsARuleThatIsTakenOut(String model, String rule) throws Exception {
        assertThat(check(model, List.of("-D" + rule)))
                .contains("assertion violated", "errors: 1")
                .doesNotContain("out of memory");
    }

    @ParameterizedTest
    @CsvSource({
        "saga-log, -DSTEPS=3 -DMOVES=2 -DCRASHES=2 -DSNAPSHOTS=2",
        "saga-log, -DALL_LAGS -DSTEPS=1",
        "lra, -DMOVES=4 -DCRASHES=3"
    })
    void holdsInAllStatesOfALargeInstance(String model, String size) throws Exception {
        assumeTrue(LARGE, "Large instances are checked in the profile protocol");
        assertHolds(model, List.of(size.split(" ")));
    }

    @Test
    void hasTheNamesOfTheLog() {
        List<String> events = AllEvents.types().stream()
                .map(event -> event.getSimpleName()
                        .replaceAll("(?<=[a-z])(?=[A-Z])", "_")
                        .toUpperCase(Locale.ROOT))
                .toList();
        assertThat(names("saga-log", "event")).isNotEmpty().isSubsetOf(events);
        assertThat(names("saga-log", "status")).isNotEmpty().isSubsetOf(names(SagaStatus.values()));
        assertThat(names("lra", "status")).containsExactlyInAnyOrder(names(SagaStatus.values()));
        assertThat(names("saga-log", "step"))
                .isNotEmpty()
                .filteredOn(name -> !List.of("ABSENT", "UNDONE").contains(name))
                .isSubsetOf(names(StepStatus.values()));
    }

    @Test
    void hasTheNamesOfTheCoordinator() throws Exception {
        Object[] answers = Class.forName("dev.caravan.saga.lra.LraStatus").getEnumConstants();
        assertThat(names("lra", "lra"))
                .isNotEmpty()
                .isSubsetOf(Arrays.stream(answers)
                        .map(answer -> answer.toString().toUpperCase(Locale.ROOT))
                        .toList());
    }

    @Test
    void hasTheNamesOfTheLogOfLras() throws Exception {
        Class<?> event = Class.forName("dev.caravan.coordinator.log.LraEvent");
        assertThat(names("lra-log", "event"))
                .filteredOn(name -> !name.equals("CLAIM"))
                .isNotEmpty()
                .isSubsetOf(Arrays.stream(event.getPermittedSubclasses())
                        .map(each -> each.getSimpleName().toUpperCase(Locale.ROOT))
                        .toList());
        assertThat(names("lra-log", "lra"))
                .isSubsetOf(Arrays.stream(LRAStatus.values())
                        .map(status -> status.name().toUpperCase(Locale.ROOT))
                        .toList());
    }

    private static String[] names(Enum<?>[] values) {
        return Arrays.stream(values).map(Enum::name).toArray(String[]::new);
    }

    private static List<String> names(String model, String kind) {
        Matcher declaration = Pattern.compile("mtype:%s = \\{([^}]*)}".formatted(kind))
                .matcher(Repository.text("src/docs/protocol/%s.pml".formatted(model)));
        assertThat(declaration.find()).as(kind).isTrue();
        return Stream.of(declaration.group(1).split(",")).map(String::strip).toList();
    }

    private static void assertHolds(String model, List<String> definitions) throws Exception {
        assertThat(check(model, definitions))
                .contains("errors: 0")
                .doesNotContain("Search not completed", "max search depth too small");
    }

    /** What the checker says of all states of a model. */
    private static String check(String model, List<String> definitions) throws Exception {
        Checker checker = new Checker(model, definitions);
        for (String tool : List.of("spin", "gcc")) {
            if (!checker.has(tool)) {
                abort("THE PROTOCOL IS NOT CHECKED: %s is not installed (apt-get install spin gcc libc6-dev)"
                        .formatted(tool));
            }
        }
        List<String> spin = new ArrayList<>(List.of("spin"));
        spin.addAll(definitions);
        spin.addAll(List.of("-a", checker.model().toString()));
        checker.run(spin);
        checker.run(List.of(
                "gcc",
                "-O1",
                "-w",
                "-DSAFETY",
                "-DCOLLAPSE",
                "-DVECTORSZ=1024",
                "-DMEMLIM=10000",
                "-o",
                "pan",
                "pan.c"));
        return checker.run(List.of("./pan", "-m400000", LARGE ? "-w25" : "-w20"));
    }
}
