package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.saga.test.SagaScenario;
import java.io.IOException;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.saga.CamelSagaService;
import org.apache.camel.saga.InMemorySagaService;
import org.apache.camel.service.lra.LRASagaService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A saga service that an application puts in itself, as two thirds of all do. */
class OnlyServiceTest {

    static Stream<CamelSagaService> others() {
        return Stream.of(new InMemorySagaService(), new LRASagaService());
    }

    @ParameterizedTest
    @MethodSource("others")
    void refusesOneThatARouteBuilderPutsIn(CamelSagaService other) {
        SagaScenario trip = SagaScenario.of(context -> context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() throws Exception {
                getContext().addService(other, true);
                from("direct:trip").saga().to("log:trip");
            }
        }));

        assertThatThrownBy(() -> trip.start("direct:trip", Map.of()))
                .hasStackTraceContaining(other.getClass().getName() + " is put in by addService(...) or as a bean")
                .hasStackTraceContaining("Remove that line");
    }

    @ParameterizedTest
    @MethodSource("others")
    void refusesABean(CamelSagaService other) throws IOException {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.getRegistry().bind("sagas", other);

            assertThatThrownBy(() -> OnlyService.check(context))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("caravan.coordinator=none");
        }
    }

    @Test
    void takesAContextWithoutAnother() throws IOException {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            assertThatCode(() -> OnlyService.check(context)).doesNotThrowAnyException();
        }
    }
}
