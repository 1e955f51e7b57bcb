package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.test.SagaScenario;
import dev.caravan.saga.test.SimulatedParticipants.Action;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.model.SagaPropagation;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Sagas that are undone with the saga that they begin in: mode {@code log}. */
class ChildStepsTest {

    private static final Duration LONG = Duration.ofHours(1);

    private SagaScenario saga;

    /** Pays, has points added by a saga of its own, ships. */
    private static class Routes extends RouteBuilder {

        private final Consumer<SagaDefinition> order;

        private Routes(Consumer<SagaDefinition> order) {
            this.order = order;
        }

        private Routes() {
            this(order -> order.to("direct:pay").to("direct:points").to("direct:ship"));
        }

        @Override
        public void configure() {
            order.accept(from("direct:order").routeId("order").saga().propagation(SagaPropagation.REQUIRES_NEW));
            points();
            for (String step : List.of("pay", "ship", "earn", "book")) {
                from("direct:" + step)
                        .routeId(step)
                        .saga()
                        .propagation(SagaPropagation.MANDATORY)
                        .compensation("direct:undo-" + step)
                        .completion("direct:confirm-" + step)
                        .to("saga-command:shop/" + step);
                from("direct:undo-" + step).routeId("undo-" + step).to("saga-command:shop/undo-" + step);
                from("direct:confirm-" + step).routeId("confirm-" + step).to("saga-command:shop/confirm-" + step);
            }
        }

        void points() {
            RouteDefinition points = from("direct:points").routeId("points");
            points.routeProperty(SagaConstants.CHILD, "undone-with-parent");
            points.saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .to("direct:earn")
                    .to("direct:book");
        }
    }

    @AfterEach
    void close() {
        if (saga != null) {
            saga.close();
        }
    }

    private SagaScenario scenario(SagaScenario.RouteSource routes) {
        close();
        saga = SagaScenario.of(routes);
        return saga;
    }

    private SagaScenario scenario(Routes routes) {
        return scenario(context -> context.addRoutes(routes));
    }

    private List<String> steps(String name) {
        return saga.expect(name).state().steps().stream()
                .map(step -> step.step() + " " + step.status())
                .toList();
    }

    @Test
    void isCompletedWhenItsParentIs() {
        scenario(new Routes()).start("direct:order", Map.of());

        saga.expect().completed().completions("confirm-ship", "confirm-pay");
        saga.expect("points").completed().completions("confirm-book", "confirm-earn");
        assertThat(steps("order")).containsExactly("PAY COMPLETED", "POINTS COMPLETED", "SHIP COMPLETED");
    }

    @Test
    void isUndoneWhenItsParentIsInTheOrderOfItsSteps() {
        scenario(new Routes());
        saga.given("ship").isRejected().start("direct:order", Map.of()).advance(LONG);

        saga.expect().compensated().compensations("undo-pay");
        saga.expect("points")
                .compensated()
                .compensations("undo-book", "undo-earn")
                .completions();
        assertThat(steps("order")).containsExactly("PAY COMPENSATED", "POINTS COMPENSATED", "SHIP REJECTED");
        assertThat(saga.expect("points").state().updatedAt())
                .isBeforeOrEqualTo(saga.expect().state().updatedAt());
    }

    @Test
    void isUndoneWhileItIsAtWork() {
        scenario(new Routes(order -> order.wireTap("direct:points").to("direct:ship")));
        saga.given("book").isSilent().given("ship").isRejected();
        saga.start("direct:order", Map.of()).advance(LONG);

        saga.expect().compensated();
        saga.expect("points").compensated();
    }

    @Test
    void itsParentDoesNotEndBeforeIt() {
        scenario(new Routes(order -> order.wireTap("direct:points").to("direct:ship")));
        saga.given("book").does(Action.IS_LATE).start("direct:order", Map.of());

        saga.expect().status(SagaStatus.EXECUTING);
        saga.advance(LONG);
        saga.expect("points").compensated();
        saga.expect().completed();
        assertThat(steps("order")).containsExactlyInAnyOrder("POINTS REJECTED", "SHIP COMPLETED");
    }

    /** What it had done is undone by itself; the parent goes another way. */
    @Test
    void oneThatWasUndoneByItselfIsAStepThatTookNoEffect() {
        scenario(new Routes(order -> order.doTry()
                .to("direct:points")
                .doCatch(Exception.class)
                .to("direct:pay")
                .end()
                .to("direct:ship")));
        saga.given("book").isRejected().start("direct:order", Map.of()).advance(LONG);

        saga.expect().completed().completions("confirm-ship", "confirm-pay");
        saga.expect("points").compensated();
        assertThat(steps("order")).containsExactly("POINTS REJECTED", "PAY COMPLETED", "SHIP COMPLETED");
    }

    /** What it had done is left: the parent cannot complete around it. */
    @Test
    void oneThatHasFailedByItselfIsInDoubtToItsParent() {
        scenario(new Routes(order -> order.doTry()
                .to("direct:points")
                .doCatch(Exception.class)
                .to("direct:pay")
                .end()
                .to("direct:ship")));
        saga.given("book").isRejected().given("undo-earn").alwaysFails();
        saga.start("direct:order", Map.of()).advance(LONG);

        saga.expect().failedAt("POINTS").completions();
        saga.expect("points").failedAt("EARN");
    }

    @Test
    void oneThatCannotBeUndoneIsNamedByItsParent() {
        scenario(new Routes());
        saga.given("ship").isRejected().given("undo-earn").alwaysFails();
        saga.start("direct:order", Map.of()).advance(LONG);

        saga.expect().failedAt("POINTS").reason("which is to end with this one, is FAILED");
        saga.expect("points").failedAt("EARN");
    }

    @Test
    void isFoundAgainWhereverTheInstanceDies() {
        scenario(new Routes()).start("direct:order", Map.of());
        int acts = saga.acts();
        for (int act = 0; act < acts; act++) {
            scenario(new Routes()).dieAfter(act).start("direct:order", Map.of());
            saga.recover().advance(LONG);

            saga.expect().completed().actions("pay", "ship").compensations();
            saga.expect("points").completed().actions("earn", "book").compensations();
        }
    }

    @Test
    void isUndoneOnceWhereverTheInstanceDies() {
        scenario(new Routes())
                .given("ship")
                .isRejected()
                .start("direct:order", Map.of())
                .advance(LONG);
        int acts = saga.acts();
        assertThat(acts).isGreaterThan(20);
        for (int act = 0; act < acts; act++) {
            scenario(new Routes()).dieAfter(act).given("ship").isRejected().start("direct:order", Map.of());
            saga.kill().recover().advance(LONG);

            saga.expect().compensated();
            saga.expect("points").compensated();
        }
    }

    /** One that is a step within a step, which is not done again. */
    @Test
    void isFoundAgainBehindABlockThatIsNotDoneAgain() {
        Routes routes = new Routes(order -> order.to("direct:outer").to("direct:ship")) {
            @Override
            void points() {
                super.points();
                from("direct:outer")
                        .routeId("outer")
                        .saga()
                        .propagation(SagaPropagation.MANDATORY)
                        .to("direct:points")
                        .setHeader("done", constant(true));
            }
        };
        scenario(routes)
                .given("ship")
                .isSilent()
                .start("direct:order", Map.of())
                .kill();
        saga.given("ship").does(Action.SUCCEEDS).recover().advance(LONG);

        saga.expect().completed();
        saga.expect("points").completed();
    }

    static Stream<Arguments> notations() {
        return Stream.of(Arguments.of("points.camel.xml", """
                        <routes xmlns="http://camel.apache.org/schema/xml-io">
                          <route id="points">
                            <routeProperty key="saga.child" value="undone-with-parent"/>
                            <from uri="direct:points"/>
                            <saga propagation="REQUIRES_NEW"><to uri="direct:earn"/></saga></route>
                        </routes>
                        """), Arguments.of("points.camel.yaml", """
                        - route:
                            id: points
                            from:
                              uri: direct:points
                              steps:
                                - saga:
                                    propagation: REQUIRES_NEW
                                    option: [{key: saga.child, expression: {constant: {expression: undone-with-parent}}}]
                                    steps: [{to: direct:earn}]
                        """));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("notations")
    void isDeclaredInEachNotation(String name, String file) {
        scenario(context -> {
            load(context, name, file);
            context.addRoutes(new Routes() {
                @Override
                void points() {
                    // in the file
                }
            });
        });
        saga.given("ship").isRejected().start("direct:order", Map.of()).advance(LONG);

        saga.expect().compensated();
        saga.expect("points").compensated().compensations("undo-earn");
    }

    private static void load(CamelContext context, String name, String file) throws Exception {
        PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString(name, file));
    }

    @Test
    void oneThatIsNotDeclaredStaysAsItEnded() {
        scenario(new Routes() {
            @Override
            void points() {
                from("direct:points")
                        .routeId("points")
                        .saga()
                        .propagation(SagaPropagation.REQUIRES_NEW)
                        .to("direct:earn");
            }
        });
        saga.given("ship").isRejected().start("direct:order", Map.of()).advance(LONG);

        saga.expect().compensated();
        saga.expect("points").completed();
        assertThat(steps("order")).containsExactly("PAY COMPENSATED", "SHIP REJECTED");
    }

    @Test
    void startsByItselfWithoutAParent() {
        scenario(new Routes()).start("direct:points", Map.of());

        saga.expect().completed().completions("confirm-book", "confirm-earn");
    }

    private void refused(Consumer<RouteDefinition> declaration, String sentence) {
        scenario(new Routes() {
            @Override
            void points() {
                declaration.accept(from("direct:points").routeId("points"));
            }
        });
        assertThatThrownBy(() -> saga.start("direct:order", Map.of())).hasMessageContaining(sentence);
    }

    @Test
    void isRefusedWithAnEndOfItsOwn() {
        refused(
                route -> route.routeProperty(SagaConstants.CHILD, "undone-with-parent")
                        .saga()
                        .propagation(SagaPropagation.REQUIRES_NEW)
                        .timeout("10s")
                        .to("direct:earn"),
                "Saga points is undone with its parent, which may be later than a time-out of its own");
        refused(
                route -> route.routeProperty(SagaConstants.CHILD, "perhaps")
                        .saga()
                        .propagation(SagaPropagation.REQUIRES_NEW)
                        .to("direct:earn"),
                "'perhaps'. There is undone-with-parent");
    }

    @Test
    void aStepOfItsIsNotSaidToHaveTakenEffectBeforeItsEnd() {
        scenario(new Routes());
        saga.given("book").isSilent().start("direct:order", Map.of());
        SagaState parent = saga.expect().state();

        assertThat(parent.steps().get(1).status()).isEqualTo(StepStatus.ENLISTED);
        saga.advance(LONG);
        saga.expect().compensated();
        saga.expect("points").compensated();
    }
}
