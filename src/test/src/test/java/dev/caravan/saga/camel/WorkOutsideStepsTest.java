package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.caravan.saga.docs.Repository;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.SagaPropagation;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What a crash has done again is named at the start. */
class WorkOutsideStepsTest {

    private final DefaultCamelContext context = new DefaultCamelContext();

    @AfterEach
    void stop() {
        context.stop();
    }

    @Test
    void workBeforeTheSagaAndBetweenItsStepsIsNamedWithFileAndLine() throws Exception {
        UnnamedRoutes.remember(context);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:trip")
                        .routeId("trip")
                        .bean("tickets", "reserve")
                        .saga()
                        .setHeader("id", simple("${uuid}"))
                        .log("a trip")
                        .to("direct:flight")
                        .choice()
                        .when(header("far"))
                        .to("http://hotel?password=secret")
                        .end()
                        .to("direct:receipt")
                        .to("saga-command:bank/Charge");
                from("direct:flight")
                        .routeId("flight")
                        .saga()
                        .propagation(SagaPropagation.MANDATORY)
                        .bean("flights", "book");
                from("direct:receipt").routeId("receipt").process(exchange -> {});
            }
        });

        assertThat(WorkOutsideSteps.lines(context))
                .satisfiesExactly(
                        line -> assertThat(line)
                                .matches("  saga trip: bean.*tickets.*, .*WorkOutsideStepsTest.java:\\d+"),
                        line -> assertThat(line)
                                .matches("  saga trip: to.*http:.*hotel.*, .*WorkOutsideStepsTest.java:\\d+")
                                .doesNotContain("secret"),
                        line -> assertThat(line).matches("  saga trip: process.*, .*WorkOutsideStepsTest.java:\\d+"));
    }

    @Test
    void whatIsInAStepIsNotNamed() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:trip").routeId("trip").saga().to("direct:flight").to("direct:end");
                from("direct:flight").routeId("flight").saga().bean("flights", "book");
                from("direct:end").routeId("end").saga().to("saga:complete");
                from("direct:hotel")
                        .routeId("hotel")
                        .saga()
                        .compensation("direct:undo")
                        .bean("hotels", "book");
                from("direct:undo").routeId("undo").bean("hotels", "cancel");
                from("direct:other").routeId("other").bean("flights", "book");
            }
        });

        assertThat(WorkOutsideSteps.lines(context)).isEmpty();
    }

    @Test
    void theLineOfAFileIsNamed() throws Exception {
        PluginHelper.getRoutesLoader(context)
                .loadRoutes(ResourceHelper.fromBytes("trip.camel.xml", """
                        <routes xmlns="http://camel.apache.org/schema/xml-io">
                          <route id="trip">
                            <from uri="direct:trip"/>
                            <saga propagation="REQUIRES_NEW">
                              <bean ref="tickets" method="reserve"/>
                            </saga>
                          </route>
                        </routes>
                        """.getBytes(StandardCharsets.UTF_8)));

        assertThat(WorkOutsideSteps.lines(context))
                .singleElement()
                .asString()
                .matches("  saga trip: bean.*tickets.*, trip.camel.xml:5");
    }

    @Test
    void oneWarningSaysWhatToDo() throws Exception {
        Logger logger = (Logger) LoggerFactory.getLogger(WorkOutsideSteps.class);
        ListAppender<ILoggingEvent> told = new ListAppender<>();
        told.start();
        logger.addAppender(told);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:trip").routeId("trip").saga().bean("one").bean("two");
            }
        });
        WorkOutsideSteps.warn(context);
        logger.detachAppender(told);

        assertThat(told.list).singleElement().satisfies(event -> assertThat(event.getFormattedMessage())
                .startsWith("Outside of any step: 2.")
                .contains("Put each into a step"));
    }

    @Test
    void nothingInTheRoutesOfThisRepositoryIsOutsideOfAStep() throws Exception {
        List<String> files =
                Repository.files(path -> path.startsWith("routes/orchestration/") && path.endsWith(".xml")).stream()
                        .map(file -> "file:" + file)
                        .toList();
        for (String file : files) {
            PluginHelper.getRoutesLoader(context)
                    .loadRoutes(PluginHelper.getResourceLoader(context).resolveResource(file));
        }

        assertThat(files).isNotEmpty();
        assertThat(WorkOutsideSteps.lines(context)).isEmpty();
    }
}
