package dev.caravan.saga.main;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** What a Camel runtime without Spring needs. */
class WithoutSpringTest {

    @Test
    void nothingThatCaravanConfigurationUsesKnowsSpring() {
        noClasses()
                .that()
                .resideInAPackage("dev.caravan.saga.main")
                .should()
                .transitivelyDependOnClassesThat(resideInAPackage("org.springframework.."))
                .check(new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .importPackages("dev.caravan.saga"));
    }

    /** Quarkus looks for classes in libraries that have an index. */
    @Test
    void thereIsAnIndex() {
        assertThat(getClass().getResource("/META-INF/jandex.idx")).isNotNull();
    }
}
