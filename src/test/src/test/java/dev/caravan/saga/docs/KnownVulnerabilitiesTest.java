package dev.caravan.saga.docs;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaParameter;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.File;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The list that the profile {@code vulnerabilities} reads is whole, and what it says of the code is so. */
class KnownVulnerabilitiesTest {

    private static final File LIST =
            Repository.ROOT.resolve("src/docs/security/vulnerabilities.xml").toFile();

    @Test
    void eachSaysOfWhatItIsAndWhatItDoes() throws Exception {
        assertThat(vulnerabilities()).hasSizeGreaterThan(30).allSatisfy(vulnerability -> {
            assertThat(vulnerability.getAttribute("id")).matches("(CVE-\\d{4}-\\d{4,}|GHSA-[\\w-]+|[A-Z]+-\\d+)");
            assertThat(vulnerability.getAttribute("package")).matches("[\\w.-]+:[\\w.-]+");
            assertThat(vulnerability.getAttribute("affected")).matches("[\\[(][\\w.-]*,[\\w.-]+[\\])]");
            assertThat(texts(vulnerability, "what")).hasSize(1).allSatisfy(text -> assertThat(text)
                    .isNotBlank());
        });
        assertThat(vulnerabilities())
                .extracting(vulnerability -> vulnerability.getAttribute("id"))
                .doesNotHaveDuplicates();
    }

    @Test
    void oneThatDoesNotFailTheBuildHasOneReason() throws Exception {
        assertThat(vulnerabilities()).allSatisfy(vulnerability -> {
            List<String> reasons = texts(vulnerability, "mitigated");
            reasons.addAll(texts(vulnerability, "accepted"));
            assertThat(reasons).hasSizeLessThan(2).allSatisfy(reason -> assertThat(reason)
                    .hasSizeGreaterThan(20));
        });
    }

    @Test
    void saysWhenItWasLookedUp() throws Exception {
        assertThat(LocalDate.parse(list().getAttribute("asOf"))).isAfter(LocalDate.of(2026, 11, 28));
    }

    @Test
    void whatIsAcceptedBecauseNobodyUsesItIsUsedByNobody() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.springframework.web.servlet.function..",
                        "org.springframework.web.servlet.view..",
                        "org.springframework.expression..",
                        "org.springframework.security.crypto.encrypt..",
                        "org.springframework.security.web.authentication.www..")
                .orShould()
                .dependOnClassesThat(JavaClass.Predicates.simpleName("UrlHandlerFilter")
                        .or(JavaClass.Predicates.simpleName("UrlFilenameViewController"))
                        .or(JavaClass.Predicates.simpleName("ContentDisposition")))
                .check(production());
    }

    /** A record has no property that a path of a request could lead into. */
    @Test
    void whatIsMadeOfTheParametersOfARequestIsARecord() {
        assertThat(production().stream()
                        .flatMap(type -> type.getMethods().stream())
                        .flatMap(method -> method.getParameters().stream())
                        .filter(parameter -> parameter.isAnnotatedWith(ModelAttribute.class))
                        .map(JavaParameter::getRawType))
                .isNotEmpty()
                .allMatch(JavaClass::isRecord);
    }

    private static JavaClasses production() {
        return new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("dev.caravan");
    }

    private static Element list() throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(LIST)
                .getDocumentElement();
    }

    private static List<Element> vulnerabilities() throws Exception {
        return elements(list(), "vulnerability");
    }

    private static List<String> texts(Element vulnerability, String name) {
        return new ArrayList<>(elements(vulnerability, name).stream()
                .map(Element::getTextContent)
                .toList());
    }

    private static List<Element> elements(Element parent, String name) {
        NodeList found = parent.getElementsByTagName(name);
        return IntStream.range(0, found.getLength())
                .mapToObj(found::item)
                .map(Element.class::cast)
                .toList();
    }
}
