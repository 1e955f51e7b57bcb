package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Routes of sagas without ids are named, with ids to copy. */
class UnnamedRoutesTest {

    private final DefaultCamelContext context = new DefaultCamelContext();

    @RegisterExtension
    private final Warnings warnings = new Warnings(UnnamedRoutes.class);

    @AfterEach
    void stop() {
        context.stop();
    }

    private List<String> warnings() {
        UnnamedRoutes.warn(context);
        return warnings.texts();
    }

    private void load(String file, String text) throws Exception {
        PluginHelper.getRoutesLoader(context)
                .loadRoutes(ResourceHelper.fromBytes(file, text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void oneWarningNamesThemAllWithIdsThatNoOtherRouteHas() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:newOrder").saga().to("mock:order");
                from("seda:new-order?size=3").saga().to("mock:order");
                from("direct:credit").to("saga-command:bank/Reserve");
                from("direct:undo").to("mock:undo");
                from("direct:pay").routeId("new-order-2").saga().to("mock:pay");
            }
        });

        assertThat(warnings())
                .singleElement()
                .asString()
                .startsWith("Routes of sagas have no id: 3.")
                .endsWith("""
                        for instance:
                          from direct:newOrder: .routeId("new-order")
                          from seda:new-order?size=3: .routeId("new-order-3")
                          from direct:credit: .routeId("credit")""");
    }

    @Test
    void javaHasItsFileAndLine() throws Exception {
        UnnamedRoutes.remember(context);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:order").saga().to("mock:order");
            }
        });

        assertThat(warnings())
                .singleElement()
                .asString()
                .containsPattern("UnnamedRoutesTest\\.java:\\d+: \\.routeId\\(\"order\"\\)");
    }

    @Test
    void filesHaveTheirLineAndTheirLanguage() throws Exception {
        load("credit.xml", """
                <routes>
                  <route>
                    <from uri="direct:credit"/>
                    <saga><to uri="mock:credit"/></saga>
                  </route>
                </routes>
                """);
        load("seat.yaml", """
                - route:
                    from:
                      uri: direct:seat
                      steps:
                        - saga:
                            steps:
                              - to: mock:seat
                """);

        assertThat(warnings())
                .singleElement()
                .asString()
                .containsPattern("credit\\.xml:\\d+: <route id=\"credit\">")
                .containsPattern("seat\\.yaml:\\d+: id: seat");
    }

    @Test
    void routesThatHaveIdsAreNotTold() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:order").routeId("order").saga().to("mock:order");
                from("direct:other").to("mock:other");
            }
        });

        assertThat(warnings()).isEmpty();
    }
}
