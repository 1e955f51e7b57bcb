package dev.caravan.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the person is told who wrote a route file that is wrong. */
class RouteFilesTest {

    @TempDir
    private Path directory;

    private void check() throws IOException {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.setSourceLocationEnabled(true);
            new RouteFiles(directory).beforeApplicationStart(context);
            new RouteCheck().beforeApplicationStart(context);
        }
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of(
                        "open.camel.xml",
                        """
                        <routes xmlns="http://camel.apache.org/schema/xml-io">
                          <route id="a">
                            <from uri="direct:a"/>
                            <to uri="direct:a"
                          </route>
                        </routes>
                        """,
                        5,
                        "start tag unexpected character <",
                        "something is not closed or not quoted"),
                Arguments.of(
                        "unknown.camel.xml",
                        """
                        <routes xmlns="http://camel.apache.org/schema/xml-io">
                          <route id="a">
                            <from uri="direct:a"/>
                            <sagga><to uri="direct:a"/></sagga>
                          </route>
                        </routes>
                        """,
                        4,
                        "There is no <sagga> here",
                        "Correct its name, or move it to where Camel has it"),
                Arguments.of(
                        "indented.camel.yaml",
                        """
                        - route:
                            id: a
                            from:
                              uri: direct:a
                             steps:
                                - to: direct:a
                        """,
                        5,
                        "while parsing a block mapping",
                        "look at indentation and quotes"),
                Arguments.of("unknown.camel.yaml", """
                        - route:
                            id: a
                            from:
                              uri: direct:a
                              steps:
                                - sagga:
                                    steps: []
                        """, 6, "There is no step 'sagga'", "Correct its name"),
                Arguments.of(
                        "component.camel.xml",
                        """
                        <routes xmlns="http://camel.apache.org/schema/xml-io">
                          <route id="a">
                            <from uri="direct:a"/>
                            <to uri="saga-comand:hotel-service/BookHotel"/>
                          </route>
                        </routes>
                        """,
                        4,
                        "There is no component for saga-comand:hotel-service/BookHotel",
                        "Correct what stands before the colon"),
                Arguments.of(
                        "option.camel.yaml",
                        """
                        - route:
                            id: a
                            from:
                              uri: direct:a
                              steps:
                                - to: direct:a
                                - to: saga-command:hotel-service/BookHotel?timout=3s
                        """,
                        7,
                        "saga-command:hotel-service/BookHotel?timout=3s has no option timout=3s",
                        "Correct the option's name"),
                Arguments.of(
                        "syntax.camel.yaml",
                        """
                        - route:
                            id: a
                            from:
                              uri: direct:a
                              steps:
                                - to: saga-command:BookHotel
                        """,
                        6,
                        "saga-command:BookHotel: Expected saga-command:<service>/<Command>",
                        "Correct the URI"),
                Arguments.of(
                        "placeholder.camel.yaml",
                        """
                        - route:
                            id: a
                            from:
                              uri: direct:a
                              steps:
                                - to: "direct:{{nowhere}}"
                        """,
                        6,
                        "{{nowhere}} has no value",
                        "Set it with --nowhere=<value>, or write {{nowhere:<default>}}"),
                Arguments.of(
                        "called.camel.yaml",
                        """
                        - route:
                            id: a
                            from:
                              uri: direct:a
                              steps:
                                - to: direct:book-hotel
                        """,
                        6,
                        "No route begins with direct:book-hotel",
                        "Add one with <from uri=\"direct:book-hotel\"/>, or correct the name"),
                Arguments.of(
                        "undone.camel.xml",
                        """
                        <routes xmlns="http://camel.apache.org/schema/xml-io">
                          <route id="a">
                            <from uri="direct:a"/>
                            <saga propagation="MANDATORY">
                              <compensation uri="direct:cancel-hotel"/>
                              <to uri="saga-command:hotel-service/BookHotel"/>
                            </saga>
                          </route>
                        </routes>
                        """,
                        4,
                        "No route begins with direct:cancel-hotel",
                        "Add one with <from uri=\"direct:cancel-hotel\"/>, or correct the name"),
                Arguments.of(
                        "inside.camel.yaml",
                        """
                        - route:
                            id: a
                            from:
                              uri: direct:a
                              steps:
                                - choice:
                                    when:
                                      - simple: "true"
                                        steps:
                                          - saga:
                                              steps:
                                                - to: direct:a
                        """,
                        0,
                        "A saga stands inside of another step",
                        "Move it to a route of its own"),
                Arguments.of("Trip.java", """
                        import org.apache.camel.builder.RouteBuilder;

                        public class Trip extends RouteBuilder {
                            public void configure() {
                                from("direct:a").too("direct:a");
                            }
                        }
                        """, 5, "cannot find symbol", "Correct the Java code"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void namesFileLineAndRemedy(String name, String text, int line, String problem, String remedy) throws Exception {
        Path file = Files.writeString(directory.resolve(name), text);

        assertThatThrownBy(this::check)
                .isInstanceOf(RouteFileException.class)
                .hasMessageStartingWith(
                        "Route file %s%s: %s".formatted(file, line > 0 ? ", line " + line : "", problem))
                .hasMessageContaining(remedy)
                .message()
                .hasLineCount(1);
    }

    @Test
    void takesTheFilesOfTheExamples() {
        directory = Path.of("../../src/docs/examples/trip");

        assertThatCode(this::check).doesNotThrowAnyException();
        assertThat(new RouteFiles(directory).files())
                .extracting(file -> file.getFileName().toString())
                .containsExactly("services.camel.yaml", "trip.camel.yaml");
    }

    /** A config map is mounted as links into a hidden directory. */
    @Test
    void loadsEachFileOfAMountedConfigMapOnce() throws IOException {
        Path data = Files.createDirectories(directory.resolve("..2026_11_22"));
        Files.writeString(data.resolve("a.camel.yaml"), "- route: {id: a, from: {uri: 'direct:a', steps: []}}");
        Files.createSymbolicLink(directory.resolve("..data"), data.getFileName());
        Files.createSymbolicLink(directory.resolve("a.camel.yaml"), Path.of("..data", "a.camel.yaml"));

        assertThat(new RouteFiles(directory).files()).isEqualTo(List.of(directory.resolve("a.camel.yaml")));
    }

    @Test
    void tellsThatThereIsNoFileOrNoDirectory() {
        assertThatThrownBy(this::check).hasMessageStartingWith("There is no route file in " + directory);

        directory = directory.resolve("elsewhere");
        assertThatThrownBy(this::check)
                .hasMessage("There is no directory %s. Set --routes to the directory of the route files"
                        .formatted(directory));
    }
}
