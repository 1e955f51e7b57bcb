package dev.caravan.routes;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RoutesDefinition;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** What a picture shows of a route, read from Camel's model of it. */
final class DrawnRoute {

    private static final Pattern COMMAND = Pattern.compile("saga-command:([^?]+)(?:\\?(.*))?");
    private static final Pattern SAID = Pattern.compile("(event|failure)\\('([A-Z_]+)'.*");
    private static final Pattern HEARD = Pattern.compile("is\\(.*'([A-Z_,]+)'\\)");

    private final String file;
    private final Element route;

    /** @param file that the route is in, without its path and its endings */
    private DrawnRoute(String file, Element route) {
        this.file = file;
        this.route = route;
    }

    /** @param no whether a step says so when it is rejected */
    record Said(String event, String topic, boolean no) {}

    /** @param options such as {@code timeout=30s}; the empty text if there are none */
    record Command(String service, String name, String options) {

        private static final String FIELDS = "fields=";

        /** Those of the message that are sent, as text; the empty text: all of them. */
        String fields() {
            return Stream.of(options.split("&"))
                    .filter(option -> option.startsWith(FIELDS))
                    .map(option -> option.substring(FIELDS.length()).replace(",", ", "))
                    .findFirst()
                    .orElse("");
        }

        /** The others. */
        String otherOptions() {
            return Stream.of(options.split("&"))
                    .filter(option -> !option.startsWith(FIELDS))
                    .collect(Collectors.joining("&"));
        }
    }

    /** The routes of a file, in its order. */
    static List<DrawnRoute> of(Path file) {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            PluginHelper.getRoutesLoader(context)
                    .loadRoutes(ResourceHelper.resolveMandatoryResource(context, "file:" + file.toAbsolutePath()));
            List<DrawnRoute> routes = new ArrayList<>();
            for (RouteDefinition definition : context.getRouteDefinitions()) {
                RoutesDefinition one = new RoutesDefinition();
                one.setRoutes(List.of(definition));
                String xml = PluginHelper.getModelToXMLDumper(context).dumpModelAsXml(context, one);
                Element root = DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)))
                        .getDocumentElement();
                String name = file.getFileName().toString();
                routes.add(new DrawnRoute(
                        name.substring(0, name.indexOf('.')),
                        children(root, "route").get(0)));
            }
            return routes;
        } catch (Exception e) {
            throw new IllegalStateException("The routes of %s cannot be read".formatted(file), e);
        }
    }

    private static List<Element> children(Element parent, String tag) {
        NodeList found = parent.getElementsByTagName(tag);
        return IntStream.range(0, found.getLength())
                .mapToObj(found::item)
                .map(Element.class::cast)
                .toList();
    }

    private List<Element> all(String tag) {
        return children(route, tag);
    }

    String file() {
        return file;
    }

    String id() {
        return route.getAttribute("id");
    }

    String from() {
        return all("from").get(0).getAttribute("uri");
    }

    boolean startsASaga() {
        return all("saga").stream()
                .anyMatch(saga -> saga.getAttribute("propagation").startsWith("REQUIRE"));
    }

    /** Of its saga; the empty text if there is none. */
    String timeout() {
        return all("saga").get(0).getAttribute("timeout");
    }

    /** True when it enlists a step, and not only spans others. */
    boolean isStep() {
        return compensation().isPresent() || completion().isPresent();
    }

    /** As it is in the log. */
    String step() {
        String name = all("routeProperty").stream()
                .filter(property -> property.getAttribute("key").equals("saga.step"))
                .map(property -> property.getAttribute("value"))
                .findFirst()
                .orElse(id());
        return name.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    Optional<String> compensation() {
        return all("compensation").stream().map(one -> one.getAttribute("uri")).findFirst();
    }

    Optional<String> completion() {
        return all("completion").stream().map(one -> one.getAttribute("uri")).findFirst();
    }

    /** Endpoints that it sends to, in order. */
    List<String> calls() {
        return all("to").stream().map(to -> to.getAttribute("uri")).toList();
    }

    Optional<Command> command() {
        return calls().stream()
                .map(COMMAND::matcher)
                .filter(Matcher::matches)
                .map(uri -> new Command(
                        uri.group(1).substring(0, uri.group(1).indexOf('/')),
                        uri.group(1).substring(uri.group(1).indexOf('/') + 1),
                        uri.group(2) == null ? "" : uri.group(2)))
                .findFirst();
    }

    /** Events that it publishes, in order: one is made before it is sent to a topic. */
    List<Said> says() {
        List<Said> says = new ArrayList<>();
        Matcher made = null;
        for (Element element : all("*")) {
            Matcher said = SAID.matcher(element.getAttribute("method"));
            String uri = element.getAttribute("uri");
            if (said.matches()) {
                made = said;
            } else if (element.getTagName().equals("to") && uri.startsWith("kafka:")) {
                says.add(new Said(
                        made.group(2),
                        uri.substring("kafka:".length()),
                        made.group(1).equals("failure")));
            }
        }
        return says;
    }

    /** What it does at each event, by the event: an endpoint. */
    Map<String, String> hears() {
        Map<String, String> hears = new LinkedHashMap<>();
        for (Element when : all("when")) {
            Matcher events = HEARD.matcher(children(when, "method").get(0).getAttribute("method"));
            if (events.matches()) {
                String target = children(when, "to").get(0).getAttribute("uri");
                for (String event : events.group(1).split(",")) {
                    hears.put(event, target);
                }
            }
        }
        return hears;
    }
}
