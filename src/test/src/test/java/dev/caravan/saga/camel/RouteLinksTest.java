package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.saga.StepKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.model.SagaPropagation;
import org.apache.camel.spi.PropertiesFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where a route leads is seen however its addresses are written. */
class RouteLinksTest {

    private final DefaultCamelContext context = new DefaultCamelContext();

    /** How a route says where it sends to. */
    enum Way {
        AS_IT_IS("direct:step"),
        WITH_SLASHES("direct://step"),
        WITH_OPTIONS("direct:step?timeout=5000&failIfNoConsumers=true"),
        PLACEHOLDER("direct:{{step}}"),
        ALL_A_PLACEHOLDER("{{address}}"),
        PLACEHOLDER_WITH_DEFAULT("direct:{{nobody:step}}"),
        OPTIONAL_OPTION("direct:step?{{?nothing}}"),
        ENDPOINT("direct:step"),
        DYNAMIC("direct:step"),
        DYNAMIC_PLACEHOLDER("{{address}}?timeout=${header.timeout}");

        private final String address;

        Way(String address) {
            this.address = address;
        }

        ProcessorDefinition<?> to(ProcessorDefinition<?> node, DefaultCamelContext context) {
            return switch (this) {
                case ENDPOINT -> node.to(context.getEndpoint(address));
                case DYNAMIC, DYNAMIC_PLACEHOLDER -> node.toD(address);
                default -> node.to(address);
            };
        }
    }

    /** {@code {{asked:1}}} is 1, and is written down. */
    private record Asked(List<String> written) implements PropertiesFunction {

        @Override
        public String getName() {
            return "asked";
        }

        @Override
        public String apply(String remainder) {
            written.add(remainder);
            return remainder;
        }
    }

    RouteLinksTest() {
        context.getPropertiesComponent().addInitialProperty("step", "step");
        context.getPropertiesComponent().addInitialProperty("address", "direct:step");
        context.getPropertiesComponent().addInitialProperty("end", "saga:complete");
        context.getPropertiesComponent().addInitialProperty("command", "saga-command:bank/Charge");
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    private SagaDefinition saga(RouteBuilder routes, String name, SagaPropagation propagation) {
        return routes.from("direct:" + name).routeId(name).saga().propagation(propagation);
    }

    private RouteDefinition route(String id) {
        return context.getRouteDefinition(id);
    }

    private List<String> outside(String id) {
        List<ProcessorDefinition<?>> nodes =
                new ArrayList<>(((SagaDefinition) route(id).getOutputs().get(0)).getOutputs());
        return PlainWork.in(context, nodes).stream()
                .map(ProcessorDefinition::getShortName)
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void aStepIsFoundHoweverItsAddressIsWritten(Way way) throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                way.to(saga(this, "order", SagaPropagation.REQUIRES_NEW), RouteLinksTest.this.context);
                saga(this, "step", SagaPropagation.MANDATORY).to("bean:stock");
            }
        });

        assertThat(outside("order")).isEmpty();
    }

    /** A route begins at an address that is known. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_NONE, names = "DYNAMIC.*")
    void theRouteOfAStepIsFoundHoweverItsOwnAddressIsWritten(Way way) throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                saga(this, "order", SagaPropagation.REQUIRES_NEW).to("direct:step");
                RouteDefinition step = way == Way.ENDPOINT
                        ? from(RouteLinksTest.this.context.getEndpoint(way.address))
                        : from(way.address);
                step.routeId("step")
                        .saga()
                        .propagation(SagaPropagation.MANDATORY)
                        .to("bean:stock");
            }
        });

        assertThat(outside("order")).isEmpty();
    }

    /** Sent to in this way, the block joins: it does not start a saga whose work stands in no step. */
    @ParameterizedTest
    @EnumSource
    void aBlockIsAStepHoweverItIsSentTo(Way way) throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                way.to(saga(this, "order", SagaPropagation.REQUIRES_NEW), RouteLinksTest.this.context);
                from("direct:step").routeId("step").saga().to("bean:stock");
            }
        });

        assertThat(new RouteLinks(context).sentTo()).contains("direct:step");
    }

    @ParameterizedTest
    @EnumSource
    void kindsThatContradictEachOtherAreRefusedHoweverTheirStepsAreSentTo(Way way) throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                way.to(saga(this, "order", SagaPropagation.REQUIRES_NEW), RouteLinksTest.this.context);
                from("direct:step")
                        .routeId("step")
                        .routeProperty(
                                SagaConstants.STEP_KIND,
                                StepKind.RETRIABLE.name().toLowerCase(Locale.ROOT))
                        .saga()
                        .propagation(SagaPropagation.MANDATORY)
                        .to("bean:stock");
            }
        });

        assertThatThrownBy(() -> StepKinds.check(context, true)).hasMessageContaining("no pivot comes before it");
    }

    @ParameterizedTest
    @EnumSource
    void aCompensationThatWouldJoinItsSagaIsRefusedHoweverItIsSentTo(Way way) throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                saga(this, "pay", SagaPropagation.MANDATORY)
                        .compensation("direct:refund")
                        .to("bean:bank");
                way.to(from("direct:refund").routeId("refund"), RouteLinksTest.this.context);
                saga(this, "step", SagaPropagation.MANDATORY).to("bean:stock");
            }
        });

        assertThatThrownBy(() -> CallbackBlocks.check(context)).isInstanceOf(StartRefusedException.class);
    }

    @Test
    void aBlockThatOnlyEndsTheSagaByAPlaceholderIsNoStep() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                saga(this, "end", SagaPropagation.MANDATORY).to("{{end}}");
                saga(this, "end-dynamically", SagaPropagation.MANDATORY).toD("{{end}}");
                saga(this, "charge", SagaPropagation.MANDATORY)
                        .to("{{command}}")
                        .to("{{end}}");
            }
        });

        assertThat(Stream.of("end", "end-dynamically", "charge")
                        .filter(id -> SagaBlocks.onlyEnds(new RouteLinks(context), (SagaDefinition)
                                route(id).getOutputs().get(0))))
                .containsExactly("end", "end-dynamically");
    }

    @Test
    void aRouteWithoutAnIdWhoseCommandIsAPlaceholderIsTold() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:{{step}}-one").to("{{command}}");
                from("direct:two").toD("{{command}}");
            }
        });

        assertThat(UnnamedRoutes.lines(context))
                .containsExactly(
                        "  from direct:{{step}}-one: .routeId(\"step-one\")", "  from direct:two: .routeId(\"two\")");
    }

    /** What leaves the process is an effect, also where this application reads it again. */
    @Test
    void aMessageToABrokerIsPlainWorkAlsoIfTheApplicationReadsIt() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                saga(this, "order", SagaPropagation.REQUIRES_NEW)
                        .to("kafka:orders")
                        .to("seda:told");
                from("kafka:orders").routeId("orders").to("saga-command:bank/Charge");
                from("seda:told").routeId("told").to("saga-command:desk/Note");
            }
        });

        assertThat(outside("order")).containsExactly("to");
    }

    @Test
    void routesThatAreAddedAndTakenAwayAreSeen() throws Exception {
        RouteLinks links = new RouteLinks(context);
        assertThat(links.to("direct:step")).isEmpty();

        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:{{step}}").routeId("one").to("mock:one");
            }
        });
        assertThat(links.to("direct:step")).hasValue(route("one"));
        assertThat(new RouteLinks(context).to("direct:step")).hasValue(route("one"));

        context.removeRouteDefinition(route("one"));
        assertThat(links.to("direct:step")).isEmpty();
    }

    /** Each look at each address would be as many as there are pairs of routes. */
    @Test
    void resolvesTheAddressOfEachRouteOnce() throws Exception {
        List<String> asked = new ArrayList<>();
        ((PropertiesComponent) context.getPropertiesComponent()).addPropertiesFunction(new Asked(asked));
        int many = 100;
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                IntStream.range(0, many).forEach(number -> from("direct:{{asked:" + number + "}}")
                        .routeId("route-" + number)
                        .saga()
                        .propagation(SagaPropagation.REQUIRES_NEW)
                        .to("direct:" + (number + 1))
                        .to("mock:other"));
            }
        });

        OutsideOfSteps.warn(context);
        StepKinds.check(context, true);

        assertThat(asked).hasSize(many);
    }
}
