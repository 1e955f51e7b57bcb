package dev.caravan.saga.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What an application may call is one list, which nothing that stands for an application goes beyond. */
class ApiTest {

    private static final Pattern ROW = Pattern.compile("(?m)^\\| (?:`(dev\\.caravan[a-z.]*)` )?\\| (`.*?`) \\| ");
    private static final Pattern TYPE = Pattern.compile("\\b(dev\\.caravan\\.saga(?:\\.[a-z]+)*\\.[A-Z]\\w*)");

    /** The benchmark measures what is inside; a logger is called after its class. */
    private static final Pattern APPLICATIONS =
            Pattern.compile("(services/(?!benchmark/|testing/)[^/]+/src/main/.*|routes/(?!src/).*|src/docs/.*)"
                    + "(?<!logback\\.xml)(?<=\\.java|\\.xml|\\.ya?ml|\\.md|\\.properties)");

    private static final Set<String> API = listed();

    private static Set<String> listed() {
        Set<String> types = new TreeSet<>();
        Matcher row = ROW.matcher(Repository.text("src/docs/api.md"));
        String named = null;
        while (row.find()) {
            named = row.group(1) == null ? named : row.group(1);
            for (String type : row.group(2).split(", ")) {
                types.add(named + "." + type.replace("`", ""));
            }
        }
        return types;
    }

    @Test
    void eachTypeIsThereAndPublic() {
        assertThat(API).hasSizeGreaterThan(40).allSatisfy(type -> {
            String file = "/src/main/java/%s.java".formatted(type.replace('.', '/'));
            List<Path> sources = Repository.library().stream()
                    .filter(source -> Repository.relative(source).endsWith(file))
                    .toList();
            assertThat(sources).hasSize(1);
            assertThat(Repository.text(sources.get(0)))
                    .containsPattern("(?m)^public (\\w+ )*(class|interface|record|enum) "
                            + type.substring(type.lastIndexOf('.') + 1) + "\\b");
        });
    }

    /** What breaks a caller of these fails a release; the rest may change. */
    @Test
    void releasesAreComparedInThese() {
        assertThat(Repository.find(
                        Pattern.compile("<include>(dev\\.caravan\\.[\\w.]+)</include>"), Repository.text("pom.xml")))
                .containsExactlyInAnyOrderElementsOf(API);
    }

    @Test
    void applicationsUseNothingElse() {
        List<Path> applications =
                Repository.files(path -> APPLICATIONS.matcher(path).matches());

        assertThat(applications).extracting(Repository::relative).anyMatch(path -> path.startsWith("services/shop/"));
        assertThat(applications).allSatisfy(file -> assertThat(Repository.find(TYPE, Repository.text(file)))
                .as(Repository.relative(file))
                .isSubsetOf(API));
    }
}
