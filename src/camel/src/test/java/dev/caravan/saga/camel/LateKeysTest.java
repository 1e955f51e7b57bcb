package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.camel.Expression;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.SagaPropagation;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A key that is set when the saga has begun is told of. */
class LateKeysTest {

    private final DefaultCamelContext context = new DefaultCamelContext();

    @AfterEach
    void stop() {
        context.stop();
    }

    private List<String> lines() {
        return LateKeys.lines(context);
    }

    @Test
    void namesFileAndLineOfAKeyBeforeABlock() throws Exception {
        UnnamedRoutes.remember(context);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:order")
                        .routeId("order")
                        .setHeader(SagaConstants.SAGA_KEY, simple("${body[orderId]}"))
                        .saga()
                        .to("direct:pay");
                Expression id = constant("A");
                from("direct:trip")
                        .routeId("trip")
                        .setHeaders(Map.of(SagaConstants.SAGA_KEY, id))
                        .saga()
                        .propagation(SagaPropagation.REQUIRES_NEW)
                        .to("direct:pay");
            }
        });

        assertThat(lines()).hasSize(2);
        assertThat(lines().get(0)).matches("  .*LateKeysTest\\.java:\\d+ \\(saga order\\)");
        assertThat(lines().get(1)).endsWith("(saga trip)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "xml  | <routes><route id='late'><from uri='direct:late'/><setHeader name='CaravanSagaKey'><constant>A</constant></setHeader><saga><to uri='direct:pay'/></saga></route></routes>",
                "yaml | - route: {id: late, from: {uri: 'direct:late', steps: [{saga: {steps: [{setHeader: {name: CaravanSagaKey, constant: A}}, {to: 'direct:pay'}]}}]}}"
            })
    void namesThatOfARouteFile(String notation, String text) throws Exception {
        PluginHelper.getRoutesLoader(context)
                .loadRoutes(ResourceHelper.fromString("late." + notation.strip(), text.strip()));

        assertThat(lines()).singleElement().asString().contains("late." + notation.strip(), "(saga late)");
    }

    @Test
    void saysNothingOfAKeyThatIsThereInTime() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:calls")
                        .routeId("calls")
                        .setHeader(SagaConstants.SAGA_KEY, constant("A"))
                        .to("direct:order");
                from("direct:order").routeId("order").saga().to("direct:step");
                from("direct:step")
                        .routeId("step")
                        .saga()
                        .propagation(SagaPropagation.MANDATORY)
                        .setHeader(SagaConstants.SAGA_KEY, constant("of another application"))
                        .to("mock:other");
                from("direct:told")
                        .routeId("told")
                        .saga()
                        .option(SagaConstants.KEY, constant("A"))
                        .setHeader(SagaConstants.SAGA_KEY, constant("A"))
                        .to("mock:other");
            }
        });

        assertThat(lines()).isEmpty();
    }
}
