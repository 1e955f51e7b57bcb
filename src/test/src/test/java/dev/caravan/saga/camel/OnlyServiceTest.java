package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.SagaRecovery;
import dev.caravan.saga.test.SagaScenario;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.saga.CamelSagaCoordinator;
import org.apache.camel.saga.CamelSagaService;
import org.apache.camel.saga.CamelSagaStep;
import org.apache.camel.saga.InMemorySagaService;
import org.apache.camel.service.lra.LRASagaService;
import org.apache.camel.support.service.ServiceSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No saga runs on another service than the one that Caravan has put in. */
class OnlyServiceTest {

    private static final String REMEDY =
            " Sagas would run on it: not durable, in no log and in no list. %s, since Caravan's service is found without one;"
                    + " or set caravan.coordinator=none, and sagas run on yours.";

    private final DefaultCamelContext context = new DefaultCamelContext();

    @BeforeEach
    void refuse() {
        OnlyService.guard(context);
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    /** Stands for one of Caravan: it can go on with its sagas. */
    private static final class OwnService extends ServiceSupport implements CamelSagaService, SagaRecovery {

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

        @Override
        public void resume(LiveSaga saga) {}
    }

    private static CamelSagaService foreign(String name) {
        return name.equals("lra") ? new LRASagaService() : new InMemorySagaService();
    }

    private RouteBuilder puttingIn(CamelSagaService service) {
        return new RouteBuilder() {
            @Override
            public void configure() throws Exception {
                getContext().addService(service, true);
                from("direct:order").routeId("order").saga().to("mock:order");
            }
        };
    }

    private RouteBuilder route() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:order").routeId("order").saga().to("mock:order");
            }
        };
    }

    private void start(RouteBuilder routes) throws Exception {
        context.addRoutes(routes);
        context.start();
    }

    @ParameterizedTest
    @ValueSource(strings = {"in-memory", "lra"})
    void oneThatConfigurePutsInIsRefusedWithTheLine(String name) {
        CamelSagaService service = foreign(name);

        assertThatThrownBy(() -> start(puttingIn(service)))
                .isInstanceOf(StartRefusedException.class)
                .hasMessageMatching(
                        "(?s)%s is put into the Camel context by addService, at .*OnlyServiceTest\\$\\d\\.configure\\(OnlyServiceTest\\.java:\\d+\\)\\..*"
                                .formatted(service.getClass().getName()))
                .hasMessageEndingWith(REMEDY.formatted("Remove that line"));
        assertThat(context.hasService(CamelSagaService.class)).isNull();
    }

    @Test
    void oneThatWasThereBeforeIsRefused() throws Exception {
        try (DefaultCamelContext earlier = new DefaultCamelContext()) {
            earlier.addService(new InMemorySagaService());

            assertThatThrownBy(() -> OnlyService.check(earlier))
                    .isInstanceOf(StartRefusedException.class)
                    .hasMessageContaining("InMemorySagaService is put into the Camel context by addService.");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"in-memory", "lra"})
    void aBeanIsRefusedByItsName(String name) {
        context.getRegistry().bind("mySagas", foreign(name));

        assertThatThrownBy(() -> start(route()))
                .isInstanceOf(StartRefusedException.class)
                .hasMessageStartingWith("The bean mySagas is a saga service of its own, ")
                .hasMessageEndingWith(REMEDY.formatted("Remove that bean"));
    }

    /** Camel would take the one that was put in, and say nothing of the bean. */
    @Test
    void aBeanBesideCaravansServiceIsRefused() throws Exception {
        context.addService(new OwnService());
        context.start();
        context.getRegistry().bind("mySagas", new InMemorySagaService());

        assertThatThrownBy(() -> context.addRoutes(route()))
                .rootCause()
                .isInstanceOf(StartRefusedException.class)
                .hasMessageStartingWith("The bean mySagas is a saga service of its own, ");
    }

    @Test
    void oneThatASagaAsksForIsRefusedWithTheRoutesLine() throws Exception {
        context.addService(new OwnService());
        context.setSourceLocationEnabled(true);

        assertThatThrownBy(() -> start(new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("direct:order")
                                .routeId("order")
                                .saga()
                                .sagaService(new LRASagaService())
                                .to("mock:order");
                    }
                }))
                .rootCause()
                .isInstanceOf(StartRefusedException.class)
                .hasMessageMatching(
                        "(?s)The saga of route order \\(.*OnlyServiceTest.*:\\d+\\) asks for the service .*LRASagaService by sagaService\\..*")
                .hasMessageEndingWith(REMEDY.formatted("Remove sagaService from that saga"));
    }

    @Test
    void aNamedOneIsRefusedWithTheRoute() throws Exception {
        context.addService(new OwnService());
        context.start();
        context.getRegistry().bind("mySagas", new InMemorySagaService());

        assertThatThrownBy(() -> context.addRoutes(new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("direct:order")
                                .routeId("order")
                                .saga()
                                .sagaService("mySagas")
                                .to("mock:order");
                    }
                }))
                .rootCause()
                .isInstanceOf(StartRefusedException.class)
                .hasMessageContaining("The saga of route order (")
                .hasMessageContaining("from direct:order");
    }

    @Test
    void theServiceOfCaravanIsTakenAlsoByName() throws Exception {
        OwnService own = new OwnService();
        context.addService(own);
        context.getRegistry().bind("sagas", own);

        assertThatCode(() -> start(new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("direct:order")
                                .routeId("order")
                                .saga()
                                .sagaService("sagas")
                                .to("mock:order");
                    }
                }))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"in-memory", "lra"})
    void theTestKitRefusesThemToo(String name) {
        CamelSagaService other = foreign(name);
        SagaScenario trip = SagaScenario.of(context -> context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() throws Exception {
                getContext().addService(other, true);
                from("direct:trip").saga().to("log:trip");
            }
        }));

        assertThatThrownBy(() -> trip.start("direct:trip", Map.of()))
                .hasStackTraceContaining(other.getClass().getName() + " is put into the Camel context by addService")
                .hasStackTraceContaining("Remove that line");
    }
}
