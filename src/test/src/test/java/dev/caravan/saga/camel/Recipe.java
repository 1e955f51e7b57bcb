package dev.caravan.saga.camel;

import dev.caravan.saga.docs.Repository;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** A section of a page, with its routes in each notation as the page has them. */
record Recipe(String page, String heading) {
    private static final String JAVA = """
            import java.net.ConnectException;
            import org.apache.camel.builder.AggregationStrategies;
            import org.apache.camel.builder.RouteBuilder;
            import org.apache.camel.model.SagaPropagation;

            public class %s extends RouteBuilder {
                public void configure() {
            %s
                }
            }
            """;

    /** In which the routes are written down. */
    enum Notation {
        XML,
        JAVA,
        YAML
    }

    /** All that the page has. */
    static List<String> headings(String page) {
        return Repository.find(Pattern.compile("(?m)^## (.+)$"), Repository.text(page));
    }

    void addTo(CamelContext context, Notation notation) throws Exception {
        PluginHelper.getRoutesLoader(context).loadRoutes(resource(notation));
    }

    private Resource resource(Notation notation) {
        String name = "Recipe" + Math.abs(heading.hashCode());
        String code = code(notation.name().toLowerCase(Locale.ROOT));
        return switch (notation) {
            case XML -> file(name + ".camel.xml", code);
            case YAML -> file(name + ".camel.yaml", code);
            case JAVA -> file(name + ".java", JAVA.formatted(name, code));
        };
    }

    private static Resource file(String name, String text) {
        return ResourceHelper.fromBytes(name, text.getBytes(StandardCharsets.UTF_8));
    }

    private String code(String language) {
        Matcher section = Pattern.compile("(?ms)^## " + Pattern.quote(heading) + "$(.*?)(?=^## |\\z)")
                .matcher(Repository.text(page));
        if (!section.find()) {
            throw new IllegalArgumentException("The page has no section " + heading);
        }
        List<String> blocks = Repository.find(Pattern.compile("(?s)```" + language + "\n(.*?)```"), section.group(1));
        if (blocks.size() != 1) {
            throw new IllegalArgumentException(
                    "%s is there %d times in %s".formatted(heading, blocks.size(), language));
        }
        return blocks.get(0);
    }
}
