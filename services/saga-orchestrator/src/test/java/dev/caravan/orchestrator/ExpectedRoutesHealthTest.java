package dev.caravan.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.Status;

class ExpectedRoutesHealthTest {

    @Test
    void isDownWhileARouteIsStopped() throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:trip").routeId("trip").to("direct:end");
                }
            });
            context.start();
            ExpectedRoutesHealth health = new ExpectedRoutesHealth(context, List.of("trip"));
            assertThat(health.health().getStatus()).isEqualTo(Status.UP);

            context.getRouteController().stopRoute("trip");
            Health stopped = health.health();
            assertThat(stopped.getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
            assertThat(stopped.getDetails()).containsEntry("notStarted", List.of("trip"));

            context.getRouteController().startRoute("trip");
            assertThat(health.health().getStatus()).isEqualTo(Status.UP);
        }
    }
}
