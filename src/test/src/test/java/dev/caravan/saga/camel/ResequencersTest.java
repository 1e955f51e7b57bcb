package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A message that goes on later and by itself is told of. */
class ResequencersTest {

    private final DefaultCamelContext context = new DefaultCamelContext();
    private final ListAppender<ILoggingEvent> told = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(Resequencers.class);

    @BeforeEach
    void listen() {
        told.start();
        logger.addAppender(told);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(told);
        context.stop();
    }

    private List<String> warnings(RouteBuilder routes) throws Exception {
        UnnamedRoutes.remember(context);
        context.addRoutes(routes);
        StartWarnings.write(context);
        return told.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
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
