package dev.caravan.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.type.classreading.SimpleMetadataReaderFactory;

/** An ordering by a name that this line has no class for does nothing, and nobody is told. */
class OrderingsTest {

    private static final Set<String> HERE =
            new TreeSet<>(ImportCandidates.load(AutoConfiguration.class, OrderingsTest.class.getClassLoader())
                    .getCandidates());

    private static List<String> ordering(String configuration) {
        try {
            MergedAnnotation<AutoConfiguration> annotation = new SimpleMetadataReaderFactory()
                    .getMetadataReader(configuration)
                    .getAnnotationMetadata()
                    .getAnnotations()
                    .get(AutoConfiguration.class);
            return Stream.of("afterName", "beforeName")
                    .flatMap(attribute -> Arrays.stream(annotation.getStringArray(attribute)))
                    .toList();
        } catch (IOException e) {
            throw new IllegalStateException(configuration, e);
        }
    }

    private static String simple(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    @Test
    void nameThisLinesClassesOfTheirNames() {
        Set<String> meant = new TreeSet<>();
        for (String configuration : HERE) {
            if (configuration.startsWith("dev.caravan.saga.") && !Line.REFUSED.contains(configuration)) {
                List<String> ordering = ordering(configuration);
                List<String> here = HERE.stream()
                        .filter(each ->
                                ordering.stream().anyMatch(name -> simple(name).equals(simple(each))))
                        .toList();
                assertThat(ordering).as(configuration).containsAll(here);
                here.forEach(each -> meant.add(simple(each)));
            }
        }
        assertThat(meant)
                .contains(
                        "CamelAutoConfiguration",
                        "CompositeMeterRegistryAutoConfiguration",
                        "DataSourceAutoConfiguration",
                        "ManagementWebSecurityAutoConfiguration",
                        "UserDetailsServiceAutoConfiguration");
    }
}
