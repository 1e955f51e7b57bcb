package dev.caravan.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.caravan.saga.camel.SagaStarter;
import dev.caravan.saga.engine.TooManySagasException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.saga.InMemorySagaService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponseException;

class SagaStartControllerTest {

    /** The coordinator or the log does not answer; the saga may still start. */
    @Test
    void saysThatItIsNotKnownWhetherASagaStartedThatTakesTooLong() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.addService(new InMemorySagaService());
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:slow").routeId("slow").saga().process(exchange -> released.await());
                }
            });
            context.start();
            SagaStartController controller = new SagaStartController(
                    new SagaStarter(context), new StartableSagas(context, List.of(), List.of()), Duration.ofMillis(1));

            ResponseEntity<Map<String, String>> answer = controller
                    .start("slow", "my key", null, null, null, JsonNodeFactory.instance.objectNode())
                    .join();

            assertThat(answer.getStatusCode().value()).isEqualTo(202);
            assertThat(answer.getBody()).containsEntry("started", "unknown").containsEntry("key", "my key");
            assertThat(answer.getHeaders().getLocation()).hasToString("/api/sagas?text=my%20key");
            released.countDown();
        }
    }

    @ParameterizedTest
    @CsvSource({"tomorrow,", ",soon", "2030-01-01T00:00:00Z,1h", ",400d"})
    void startsNothingForATimeThatIsNone(String at, String after) throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.addService(new InMemorySagaService());
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:trip").routeId("trip").saga().log("begun");
                }
            });
            context.start();
            SagaStartController controller = new SagaStartController(
                    new SagaStarter(context), new StartableSagas(context, List.of(), List.of()), Duration.ofMillis(1));

            assertThatThrownBy(() ->
                            controller.start("trip", null, null, at, after, JsonNodeFactory.instance.objectNode()))
                    .isInstanceOfSatisfying(ErrorResponseException.class, refused -> {
                        assertThat(refused.getStatusCode().value()).isEqualTo(400);
                        assertThat(refused.getBody().getProperties()).containsEntry("started", false);
                    });
        }
    }

    @Test
    void saysWhenToTryAgainWhatIsNotStartedBecauseThereAreTooMany() throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            SagaStartController controller = new SagaStartController(
                    new SagaStarter(context), new StartableSagas(context, List.of(), List.of()), Duration.ofMillis(1));

            ResponseEntity<ProblemDetail> answer = controller.tooMany(new TooManySagasException("200 were asked for"));

            assertThat(answer.getStatusCode().value()).isEqualTo(503);
            assertThat(answer.getHeaders().getFirst("Retry-After")).isEqualTo("5");
            assertThat(answer.getBody().getDetail()).isEqualTo("200 were asked for");
            assertThat(answer.getBody().getProperties()).containsEntry("started", false);
        }
    }
}
