package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.test.SagaScenario;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.SagaPropagation;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.camel.support.DefaultProducer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a route says that cannot be meant is refused when it starts, and what it says in secret stays so. */
class SagaSettingsTest {

    private static final Map<String, Object> ORDER = Map.of("id", 1);

    /** A saga whose steps are routes with these ids, each undone by the same address. */
    private static RouteBuilder saga(String compensation, String options, String... steps) {
        return new RouteBuilder() {
            @Override
            public void configure() {
                var saga = from("direct:order").routeId("order").saga().propagation(SagaPropagation.REQUIRES_NEW);
                for (int i = 0; i < steps.length; i++) {
                    saga.to("direct:step" + i);
                    from("direct:step" + i)
                            .routeId(steps[i])
                            .saga()
                            .propagation(SagaPropagation.MANDATORY)
                            .compensation(compensation)
                            .to("saga-command:bank/Do" + i + options);
                }
                from("direct:undo").routeId("undo").to("saga-command:bank/Undo");
            }
        };
    }

    private static SagaScenario scenario(String options, String... steps) {
        return SagaScenario.of(context -> context.addRoutes(saga("direct:undo", options, steps)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"timeout=0", "timeout=0s", "timeout=-1", "timeout=abc", "timeout=", "timeout=30 apples"})
    void refusesATimeoutThatNobodyCanHaveMeant(String option) {
        try (SagaScenario saga = scenario("?" + option, "pay")) {
            assertThatThrownBy(() -> saga.start("direct:order", ORDER))
                    .hasStackTraceContaining(option + " of saga-command:bank/Do0 is refused");
        }
    }

    @Test
    void refusesADelayThatNobodyCanHaveMeant() {
        try (SagaScenario saga = scenario("?retryDelay=soon", "pay")) {
            assertThatThrownBy(() -> saga.start("direct:order", ORDER))
                    .hasStackTraceContaining("retryDelay=soon of saga-command:bank/Do0 is refused");
        }
    }

    @ParameterizedTest
    @CsvSource({"500, 500", "500ms, 500", "30s, 30000", "5m, 300000", "1h30m, 5400000", "PT30S, 30000", "1m30s, 90000"})
    void waitsAsLongAsItIsTold(String timeout, long millis) {
        try (SagaScenario saga = scenario("?timeout=" + timeout, "pay")) {
            saga.given("Do0").isSilent();

            saga.start("direct:order", ORDER).advance(Duration.ofMillis(millis - 1));
            saga.expect().step("PAY", StepStatus.ENLISTED);

            saga.advance(Duration.ofMillis(1));
            saga.expect().compensated();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "결제, 재고, UACB0UC81C, UC7ACUACE0",
        "größe-prüfen, grösse, GROSSE_PRUFEN, GROSSE",
        "支払い, 在庫, U652FU6255U3044, U5728U5EAB",
        "payCard, pay-cash, PAY_CARD, PAY_CASH"
    })
    void givesEachStepANameInWhateverScriptItsRouteIsNamed(String one, String other, String name, String otherName) {
        try (SagaScenario saga = scenario("", one, other)) {
            saga.start("direct:order", ORDER);

            saga.expect().completed().step(name, StepStatus.SUCCEEDED).step(otherName, StepStatus.SUCCEEDED);
        }
    }

    @ParameterizedTest
    @CsvSource({"pay.card, pay-card", "payCard, pay_card"})
    void refusesTwoRoutesOfASagaThatAreTheSameStep(String one, String other) {
        try (SagaScenario saga = scenario("", one, other)) {
            assertThatThrownBy(() -> saga.start("direct:order", ORDER))
                    .hasMessageContaining(
                            "The routes %s and %s of saga order are both step PAY_CARD".formatted(one, other));
        }
    }

    @Test
    void allowsTwoRoutesThatSayThatTheyAreTheSameStep() throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:order").routeId("order").saga().to("direct:card", "direct:invoice");
                    for (String way : List.of("card", "invoice")) {
                        from("direct:" + way)
                                .routeId(way)
                                .routeProperty(SagaConstants.STEP_NAME, "pay")
                                .saga()
                                .propagation(SagaPropagation.MANDATORY)
                                .to("log:paid");
                    }
                }
            });

            StepKinds.check(context, true);
        }
    }

    /** Endpoints that need a password, and write down when they were called. */
    private static final class Vault extends DefaultComponent {

        private final List<String> called;

        Vault(List<String> called) {
            this.called = called;
        }

        @Override
        protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) {
            parameters.clear();
            return new DefaultEndpoint(uri, this) {
                @Override
                public Producer createProducer() {
                    return new DefaultProducer(this) {
                        @Override
                        public void process(Exchange exchange) {
                            called.add(uri);
                        }
                    };
                }

                @Override
                public Consumer createConsumer(Processor processor) {
                    throw new UnsupportedOperationException();
                }
            };
        }
    }

    @Test
    void keepsThePasswordOfACompensationOutOfTheLogAndCallsItAllTheSame() {
        List<String> called = new ArrayList<>();
        SagaScenario saga = SagaScenario.of(context -> {
            context.addComponent("vault", new Vault(called));
            context.addRoutes(saga("vault:undo?password=geheim", "", "pay", "ship"));
        });
        try (saga) {
            saga.given("Do1").isSilent();

            saga.start("direct:order", ORDER)
                    .kill()
                    .advance(Duration.ofMinutes(1))
                    .recover();

            saga.expect().status(SagaStatus.COMPENSATED);
            assertThat(saga.expect().state().toString())
                    .contains("vault://undo?password=")
                    .doesNotContain("geheim");
            assertThat(called).hasSize(2).allMatch(uri -> uri.endsWith("password=geheim"));
        }
    }

    @Test
    void refusesAddressesThatDifferInAPasswordOnly() throws Exception {
        try (SagaScenario saga = SagaScenario.of(context -> {
            context.addComponent("vault", new Vault(new ArrayList<>()));
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:order")
                            .routeId("order")
                            .saga()
                            .compensation("vault:undo?password=one")
                            .completion("vault:undo?password=another")
                            .to("log:order");
                }
            });
        })) {
            assertThatThrownBy(() -> saga.start("direct:order", ORDER))
                    .hasStackTraceContaining("differ in what is secret");
        }
    }
}
