package dev.caravan.saga;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.caravan.saga.docs.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The separation of the packages that the design asks for. */
@AnalyzeClasses(packages = "dev.caravan.saga", importOptions = BoundariesTest.OnlyMain.class)
class BoundariesTest {

    /** Neither classes of tests nor the jars of them. */
    static final class OnlyMain implements ImportOption {

        @Override
        public boolean includes(Location location) {
            return !location.contains("/test-classes/") && !location.contains("-tests.jar");
        }
    }

    private static final String WORDS = "dev.caravan.saga";
    private static final String MESSAGE = "dev.caravan.saga.message";
    private static final String TIME = "dev.caravan.saga.time";
    private static final String STATE = "dev.caravan.saga.state";
    private static final String ENGINE = "dev.caravan.saga.engine";

    private static final String CAMEL = "org.apache.camel..";
    private static final String KAFKA = "org.apache.kafka..";
    private static final String SPRING = "org.springframework..";

    private static final int MOST_LINES = 300;

    @ArchTest
    static final ArchRule thePackagesAreFreeOfCircles =
            slices().matching("dev.caravan.saga.(*)..").should().beFreeOfCycles();

    /** Quarkus makes an object of each public class of a library that builds routes, and starts without it or not at all. */
    @ArchTest
    static final ArchRule noRuntimeFindsRoutesThatNobodyAskedFor = noClasses()
            .that()
            .areAssignableTo("org.apache.camel.RoutesBuilder")
            .or()
            .areAssignableTo("org.apache.camel.RouteConfigurationsBuilder")
            .should()
            .bePublic();

    @ArchTest
    static final ArchRule theCoreIsPure = noClasses()
            .that()
            .resideInAnyPackage(WORDS, TIME, MESSAGE, STATE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(CAMEL, KAFKA, SPRING);

    @ArchTest
    static final ArchRule theCoreKnowsNothingOfWhatIsBuiltOnIt = noClasses()
            .that()
            .resideInAnyPackage(WORDS, TIME, MESSAGE, STATE)
            .should()
            .dependOnClassesThat(
                    resideInAPackage("dev.caravan..").and(not(resideInAnyPackage(WORDS, TIME, MESSAGE, STATE))));

    @ArchTest
    static final ArchRule theEngineIsPure = noClasses()
            .that()
            .resideInAPackage(ENGINE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(CAMEL, KAFKA, SPRING);

    @ArchTest
    static final ArchRule theEngineKnowsOnlyTheCore = noClasses()
            .that()
            .resideInAPackage(ENGINE)
            .should()
            .dependOnClassesThat(resideInAPackage("dev.caravan..")
                    .and(not(resideInAnyPackage(WORDS, TIME, MESSAGE, STATE, ENGINE))));

    /** Of a package that does not say so, the compiler does not check what may be null. */
    @ArchTest
    static void thePackagesOfTheCoreSayWhatMayBeNull(JavaClasses classes) {
        assertThat(classes.stream()
                        .filter(resideInAnyPackage(WORDS, TIME, MESSAGE, STATE, ENGINE))
                        .map(JavaClass::getPackage)
                        .distinct())
                .hasSize(5)
                .allSatisfy(known -> assertThat(known.isAnnotatedWith(NullMarked.class))
                        .as(known.getName())
                        .isTrue());
    }

    @ArchTest
    static final ArchRule onlyTheAutoConfigurationKnowsSpringBoot = noClasses()
            .that()
            .resideOutsideOfPackage("dev.caravan.saga.spring..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.springframework.boot..");

    @ArchTest
    static final ArchRule participantsUseOfSpringOnlyJdbcAndTransactions = noClasses()
            .that()
            .resideInAPackage("dev.caravan.saga.participant..")
            .should()
            .dependOnClassesThat(resideInAPackage(SPRING)
                    .and(not(resideInAnyPackage(
                            "org.springframework.jdbc..",
                            "org.springframework.transaction..",
                            "org.springframework.dao.."))));

    @ArchTest
    static final ArchRule springIsOptionalElsewhere = noClasses()
            .that()
            .resideInAnyPackage(
                    "dev.caravan.saga.camel..",
                    "dev.caravan.saga.kafka..",
                    "dev.caravan.saga.state..",
                    "dev.caravan.saga.lra..",
                    "dev.caravan.saga.monitoring..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(SPRING);

    @ArchTest
    static final ArchRule theCoordinatorsClientKnowsNoKafka = noClasses()
            .that()
            .resideInAnyPackage("dev.caravan.saga.lra..", "dev.caravan.saga.camel..", "dev.caravan.saga.participant..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(KAFKA);

    @ArchTest
    static final ArchRule nothingUsesTheTestKit = noClasses()
            .that()
            .resideOutsideOfPackage("dev.caravan.saga.test")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.caravan.saga.test");

    /** The page says which packages there are, of which artifact, and who knows whom. */
    @ArchTest
    static void thePackagesAreAsTheyAreDrawn(JavaClasses classes) {
        DrawnPackages drawn = DrawnPackages.of(Repository.text("src/docs/architecture.md"));
        Map<String, Set<String>> known = PackageDependencies.of(classes);

        assertThat(drawn.names()).isEqualTo(known.keySet());
        assertThat(drawn.names()).allSatisfy(name -> {
            assertThat(known.get(name)).as("what %s is drawn to know", name).containsAll(drawn.directlyBelow(name));
            assertThat(drawn.below(name)).as("what is drawn below %s", name).containsAll(known.get(name));
            String folder = "src/%s/src/main/java/dev/caravan/saga/%s"
                    .formatted(drawn.artifactOf(name), name.equals("saga") ? "" : name + "/");
            assertThat(Repository.library()).extracting(Repository::relative).anyMatch(file -> file.startsWith(folder));
        });
    }

    @ArchTest
    static final ArchRule timeIsAClockHandedIn = noClasses()
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Thread.class, "sleep", long.class);

    /** Nor does what they need: the library is built and tested without a service. */
    @Test
    void theLibraryNeedsNoServiceNotInItsTestsEither() {
        List<String> services = Repository.files(path -> path.matches("services/[^/]+/pom.xml")).stream()
                .map(BoundariesTest::artifact)
                .toList();
        List<Path> library = Repository.files(
                path -> path.matches("src/(base/)?((?!compatibility)[^/]+/)?pom.xml|lra-coordinator/pom.xml"));

        assertThat(services).contains("caravan-order-service", "caravan-service-testing");
        assertThat(library).extracting(BoundariesTest::artifact).contains("caravan-camel", "caravan-embedded-kafka");
        assertThat(library)
                .allSatisfy(pom ->
                        assertThat(artifacts(pom)).as(Repository.relative(pom)).doesNotContainAnyElementsOf(services));
    }

    /** What a module is called stands behind what its parent is called. */
    private static String artifact(Path pom) {
        return artifacts(pom).get(1);
    }

    private static List<String> artifacts(Path pom) {
        return Repository.find(Pattern.compile("<artifactId>(.+?)</artifactId>"), Repository.text(pom));
    }

    @Test
    void noMainClassIsLongerThanItShouldBe() {
        assertThat(Repository.library())
                .isNotEmpty()
                .filteredOn(file -> lines(file) > MOST_LINES)
                .isEmpty();
    }

    private static long lines(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
