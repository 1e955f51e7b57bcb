package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.SagaPropagation;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A saga in a compensation works, or is refused at the start. */
class CallbackBlocksTest {

    private final DefaultCamelContext context = new DefaultCamelContext();

    @AfterEach
    void stop() {
        context.stop();
    }

    private void routes(SagaPropagation propagation, String work) throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:pay")
                        .routeId("pay")
                        .saga()
                        .compensation("direct:refund")
                        .to("mock:bank");
                from("direct:refund").routeId("refund").to("direct:apologize");
                from("direct:apologize")
                        .routeId("apologize")
                        .saga()
                        .propagation(propagation)
                        .to(work);
            }
        });
    }

    @ParameterizedTest
    @EnumSource(
            value = SagaPropagation.class,
            names = {"REQUIRED", "MANDATORY", "SUPPORTS"})
    void refusesABlockThatWouldJoinTheSagaThatIsBeingEnded(SagaPropagation propagation) throws Exception {
        routes(propagation, "mock:desk");

        assertThatThrownBy(() -> StepKinds.check(context, true))
                .isInstanceOf(StartRefusedException.class)
                .hasMessageContaining("Route apologize")
                .hasMessageContaining("compensation or completion direct:refund")
                .hasMessageContaining("REQUIRES_NEW");
    }

    @Test
    void refusesOneOfATemplate() throws Exception {
        RouteBuilder routes = new RouteBuilder() {
            @Override
            public void configure() {
                routeTemplate("book")
                        .templateParameter("what")
                        .from("direct:book-{{what}}")
                        .saga()
                        .compensation("direct:cancel-{{what}}")
                        .to("mock:book");
                routeTemplate("cancel")
                        .templateParameter("what")
                        .from("direct:cancel-{{what}}")
                        .saga()
                        .propagation(SagaPropagation.MANDATORY)
                        .to("mock:cancel");
                templatedRoute("book").routeId("book-hotel").parameter("what", "hotel");
                templatedRoute("cancel").routeId("cancel-hotel").parameter("what", "hotel");
            }
        };
        context.addRoutes(routes);
        routes.addTemplatedRoutesToCamelContext(context);

        assertThatThrownBy(() -> StepKinds.check(context, true))
                .isInstanceOf(StartRefusedException.class)
                .hasMessageContaining("Route cancel-hotel")
                .hasMessageContaining("compensation or completion direct:cancel-hotel");
    }

    @ParameterizedTest
    @EnumSource(
            value = SagaPropagation.class,
            names = {"REQUIRES_NEW", "NOT_SUPPORTED"})
    void takesOneThatDoesNot(SagaPropagation propagation) throws Exception {
        routes(propagation, "mock:desk");

        assertThatCode(() -> StepKinds.check(context, true)).doesNotThrowAnyException();
    }

    /** As in Camel, that does nothing there. */
    @Test
    void takesOneThatOnlyAsksForTheEnd() throws Exception {
        routes(SagaPropagation.MANDATORY, "saga:compensate");

        assertThatCode(() -> StepKinds.check(context, true)).doesNotThrowAnyException();
    }

    /** Services that react to each other's events may be in one application. */
    @Test
    void followsNoRecordToWhoReadsIt() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("kafka:order-events")
                        .routeId("payment-of-order")
                        .saga()
                        .propagation(SagaPropagation.MANDATORY)
                        .compensation("direct:cancelled")
                        .to("mock:bank");
                from("direct:cancelled").routeId("cancelled").to("kafka:order-events?key=o1");
            }
        });

        assertThatCode(() -> StepKinds.check(context, true)).doesNotThrowAnyException();
    }

    @Test
    void saysTheFileAndTheLine() throws Exception {
        PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString("loan.xml", """
                <routes>
                  <route id="pay"><from uri="direct:pay"/>
                    <saga><compensation uri="direct:refund"/><to uri="mock:bank"/></saga>
                  </route>
                  <route id="refund"><from uri="direct:refund"/>
                    <saga><to uri="mock:desk"/></saga>
                  </route>
                </routes>
                """));

        assertThatThrownBy(() -> StepKinds.check(context, true)).hasMessageContaining("(loan.xml:6)");
    }
}
