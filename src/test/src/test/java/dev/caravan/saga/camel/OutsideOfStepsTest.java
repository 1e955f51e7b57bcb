package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.SagaPropagation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is done again after a crash because it stands in no step is named. */
class OutsideOfStepsTest {

    private final DefaultCamelContext context = new DefaultCamelContext();

    @RegisterExtension
    private final Warnings warnings = new Warnings(OutsideOfSteps.class);

    @AfterEach
    void stop() {
        context.stop();
    }

    private List<String> warnings() {
        OutsideOfSteps.warn(context);
        return warnings.texts();
    }

    @Test
    void oneWarningNamesWhatStandsBeforeASagaAndBetweenItsSteps() throws Exception {
        UnnamedRoutes.remember(context);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:order")
                        .routeId("order")
                        .to("bean:numbers?method=next")
                        .saga()
                        .propagation(SagaPropagation.REQUIRES_NEW)
                        .to("direct:reserve")
                        .choice()
                        .when(body().isNotNull())
                        .to("http:partner/orders")
                        .end()
                        .to("direct:tell")
                        .to("saga-command:bank/Charge")
                        .setHeader("done", constant(true));
                from("direct:reserve")
                        .routeId("reserve")
                        .saga()
                        .propagation(SagaPropagation.MANDATORY)
                        .to("bean:stock?method=reserve");
                from("direct:tell").routeId("tell").process(exchange -> {});
            }
        });

        assertThat(warnings())
                .singleElement()
                .asString()
                .startsWith("Routes of sagas do something outside of any step: 3.")
                .containsPattern("OutsideOfStepsTest\\.java:\\d+: to bean:numbers\\?method=next \\(saga order\\)")
                .containsPattern("OutsideOfStepsTest\\.java:\\d+: to http:partner/orders \\(saga order\\)")
                .containsPattern("OutsideOfStepsTest\\.java:\\d+: process \\(saga order\\)");
    }

    @Test
    void noPasswordOfAnAddressIsTold() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:order")
                        .routeId("order")
                        .saga()
                        .propagation(SagaPropagation.REQUIRES_NEW)
                        .to("ftp:partner/orders?username=shop&password=RAW(se+cret)");
            }
        });

        assertThat(warnings()).singleElement().asString().contains("to ftp:").doesNotContain("se+cret");
    }

    /** {@code <saga>} alone: the block joins a saga where there is one, and nothing leads to it from one. */
    @Test
    void aSagaThatDoesNotSayThatItIsNewIsTold() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:order")
                        .routeId("order")
                        .saga()
                        .to("bean:numbers?method=next")
                        .to("direct:reserve");
                from("direct:reserve").routeId("reserve").saga().to("bean:stock?method=reserve");
                from("direct:found-at-run-time")
                        .routeId("found-at-run-time")
                        .saga()
                        .compensation("direct:undo")
                        .to("bean:stock?method=pack");
            }
        });

        assertThat(warnings())
                .singleElement()
                .asString()
                .startsWith("Routes of sagas do something outside of any step: 1.")
                .contains("to bean:numbers?method=next (saga order)");
    }

    @Test
    void aSagaOfStepsAloneIsNotTold() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:order")
                        .routeId("order")
                        .setHeader("id", simple("${uuid}"))
                        .saga()
                        .propagation(SagaPropagation.REQUIRES_NEW)
                        .log("an order")
                        .to("direct:reserve");
                from("direct:reserve")
                        .routeId("reserve")
                        .saga()
                        .propagation(SagaPropagation.MANDATORY)
                        .to("bean:stock?method=reserve");
            }
        });

        assertThat(warnings()).isEmpty();
    }
}
