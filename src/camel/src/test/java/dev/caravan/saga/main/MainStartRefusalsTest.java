package dev.caravan.saga.main;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.saga.camel.StartRefusedException;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;
import org.apache.camel.saga.CamelSagaCoordinator;
import org.apache.camel.saga.CamelSagaService;
import org.apache.camel.saga.CamelSagaStep;
import org.apache.camel.support.service.ServiceSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What camel-main refuses before it asks Kafka for anything: there is none. */
class MainStartRefusalsTest {

    private final Main main = new Main();

    private static final class OtherService extends ServiceSupport implements CamelSagaService {

        @Override
        public CompletableFuture<CamelSagaCoordinator> newSaga(Exchange exchange) {
            return CompletableFuture.failedFuture(new UnsupportedOperationException("No saga is begun here"));
        }

        @Override
        public CompletableFuture<CamelSagaCoordinator> getSaga(String id) {
            return CompletableFuture.failedFuture(new UnsupportedOperationException("No saga is here"));
        }

        @Override
        public void registerStep(CamelSagaStep step) {}

        @Override
        public void setCamelContext(CamelContext camelContext) {}

        @Override
        public CamelContext getCamelContext() {
            return null;
        }
    }

    @BeforeEach
    void configure() {
        main.addInitialProperty("camel.main.configurationClasses", CaravanConfiguration.class.getName());
        main.addInitialProperty("camel.component.kafka.brokers", "127.0.0.1:1");
        main.addInitialProperty("caravan.kafka-timeout", "100ms");
    }

    @AfterEach
    void stop() {
        main.stop();
    }

    @Test
    void aContextWithoutANameSaysWhatToSet() {
        assertThatThrownBy(main::start)
                .isInstanceOf(StartRefusedException.class)
                .hasMessageStartingWith("This Camel context has no name of its own: Camel calls it camel-")
                .hasMessageContaining("Set camel.main.name");
    }

    @Test
    void aServiceThatConfigurePutsInIsRefusedWithTheLine() {
        main.addInitialProperty("camel.main.name", "orders");
        main.configure().addRoutesBuilder(new RouteBuilder() {
            @Override
            public void configure() throws Exception {
                getContext().addService(new OtherService(), true);
                from("direct:order").routeId("order").saga().to("mock:order");
            }
        });

        assertThatThrownBy(main::start)
                .isInstanceOf(StartRefusedException.class)
                .hasMessageContaining("OtherService is put into the Camel context by addService, at ")
                .hasMessageContaining("(MainStartRefusalsTest.java:");
    }

    @Test
    void aServiceThatIsABeanIsRefusedByItsName() {
        main.addInitialProperty("camel.main.name", "orders");
        main.bind("mySagas", new OtherService());

        assertThatThrownBy(main::start)
                .isInstanceOf(StartRefusedException.class)
                .hasMessageStartingWith("The bean mySagas is a saga service of its own, ");
    }

    @Test
    void twoContextsInOneProcessAreRefusedAlikeWithoutNames() {
        Main second = new Main();
        second.addInitialProperty("camel.main.configurationClasses", CaravanConfiguration.class.getName());
        second.addInitialProperty("camel.component.kafka.brokers", "127.0.0.1:1");
        try {
            assertThatThrownBy(main::start).hasMessageContaining("Camel calls it camel-");
            assertThatThrownBy(second::start).hasMessageContaining("Camel calls it camel-");
        } finally {
            second.stop();
        }
    }

    @Test
    void aCoordinatorThatNeedsSpringSaysSo() {
        main.addInitialProperty("camel.main.name", "orders");
        main.addInitialProperty("caravan.coordinator", "lra");

        assertThatThrownBy(main::start)
                .isInstanceOf(StartRefusedException.class)
                .hasMessageStartingWith("caravan.coordinator=lra is not possible without Spring Boot. Set it to log");
    }

    @Test
    void withoutCaravansSagasAServiceIsTheApplicationsBusiness() throws Exception {
        main.addInitialProperty("caravan.coordinator", "none");
        main.configure().addRoutesBuilder(new RouteBuilder() {
            @Override
            public void configure() throws Exception {
                getContext().addService(new OtherService());
            }
        });

        main.start();

        assertThat(main.getCamelContext().hasService(CamelSagaService.class)).isInstanceOf(OtherService.class);
    }
}
