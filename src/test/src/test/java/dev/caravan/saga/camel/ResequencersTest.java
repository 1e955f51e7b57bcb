package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A message that goes on later and by itself is told of. */
class ResequencersTest {

    private final DefaultCamelContext context = new DefaultCamelContext();

    @RegisterExtension
    private final Warnings warnings = new Warnings(Resequencers.class);

    @AfterEach
    void stop() {
        context.stop();
    }

    private List<String> warnings(RouteBuilder routes) throws Exception {
        UnnamedRoutes.remember(context);
        context.addRoutes(routes);
        StartWarnings.write(context);
        return warnings.texts();
    }

    @Test
    void oneInASagasRouteIsTold() throws Exception {
        assertThat(warnings(new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("direct:order")
                                .routeId("order")
                                .saga()
                                .filter(body().isNotNull())
                                .resequence(header("number"))
                                .to("direct:pay");
                    }
                }))
                .singleElement()
                .asString()
                .startsWith("Routes of sagas put messages in order by resequence: 1.")
                .containsPattern("ResequencersTest\\.java:\\d+ \\(saga order\\)");
    }

    @Test
    void oneInTheRouteThatCallsASagasIsNot() throws Exception {
        assertThat(warnings(new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("direct:orders")
                                .routeId("orders")
                                .resequence(header("number"))
                                .to("direct:order");
                        from("direct:order").routeId("order").saga().to("direct:pay");
                    }
                }))
                .isEmpty();
    }
}
