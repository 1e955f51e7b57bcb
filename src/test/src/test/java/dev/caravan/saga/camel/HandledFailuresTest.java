package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.test.SagaScenario;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SagaPropagation;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What an error handler took from a compensation, a completion or the saga's own route has failed all the same. */
class HandledFailuresTest {

    private static final Map<String, Object> ORDER = Map.of("id", 1);

    /** A saga of two steps, whose payment is undone and made final by a route with the error handling of a test. */
    private abstract static class Order extends RouteBuilder {

        @Override
        public void configure() {
            from("direct:order")
                    .routeId("order")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .to("direct:pay", "direct:ship");
            from("direct:pay")
                    .routeId("pay")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:callback")
                    .completion("direct:callback")
                    .to("saga-command:bank/Charge");
            from("direct:ship")
                    .routeId("ship")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:recall")
                    .to("saga-command:depot/Ship");
            from("direct:recall").routeId("recall").to("saga-command:depot/Recall");
            callback(from("direct:callback").routeId("callback"));
        }

        abstract void callback(RouteDefinition route);
    }

    private static SagaScenario order(Consumer<RouteDefinition> callback) {
        return SagaScenario.of(context -> context.addRoutes(new Order() {
            @Override
            void callback(RouteDefinition route) {
                callback.accept(route);
            }
        }));
    }

    static Stream<Named<Consumer<RouteDefinition>>> takenByAnErrorHandler() {
        return Stream.of(
                Named.of("a dead letter channel", route -> route.errorHandler(
                                new RouteBuilder() {
                                    @Override
                                    public void configure() {}
                                }.deadLetterChannel("log:dead"))
                        .to("saga-command:bank/Callback")),
                Named.of("onException handled", route -> route.onException(Exception.class)
                        .handled(true)
                        .log("went wrong")
                        .end()
                        .to("saga-command:bank/Callback")),
                Named.of("markRollbackOnly", route -> route.doTry()
                        .to("saga-command:bank/Callback")
                        .doCatch(Exception.class)
                        .markRollbackOnly()
                        .end()));
    }

    static Stream<Named<Consumer<RouteDefinition>>> settledByTheAuthor() {
        return Stream.of(
                Named.of("doTry", route -> route.doTry()
                        .to("saga-command:bank/Callback")
                        .doCatch(Exception.class)
                        .to("saga-command:clerk/WriteALetter")
                        .end()),
                Named.of("continued", route -> route.onException(Exception.class)
                        .continued(true)
                        .end()
                        .to("saga-command:bank/Callback")
                        .to("saga-command:clerk/WriteALetter")));
    }

    @ParameterizedTest
    @MethodSource("takenByAnErrorHandler")
    void triesACompensationAgainAndGivesItUpInTheEnd(Consumer<RouteDefinition> callback) {
        try (SagaScenario saga = order(callback)) {
            saga.given("Ship").isRejected().given("Callback").alwaysFails();

            saga.start("direct:order", ORDER).advanceToTheEnd();

            saga.expect().failedAt("PAY");
            assertThat(saga.expect().state().steps().get(0).attempts()).isEqualTo(5);
        }
    }

    @ParameterizedTest
    @MethodSource("takenByAnErrorHandler")
    void triesACompletionAgainUntilItIsDone(Consumer<RouteDefinition> callback) {
        try (SagaScenario saga = order(callback)) {
            saga.given("Callback").failsFirst(2);

            saga.start("direct:order", ORDER);
            saga.expect().status(SagaStatus.COMPLETING).step("PAY", StepStatus.SUCCEEDED);

            saga.advanceToTheEnd();
            saga.expect().completed();
        }
    }

    @ParameterizedTest
    @MethodSource("settledByTheAuthor")
    void takesACompensationForDoneThatTheRouteItselfReplaced(Consumer<RouteDefinition> callback) {
        try (SagaScenario saga = order(callback)) {
            saga.given("Ship").isRejected().given("Callback").alwaysFails();

            saga.start("direct:order", ORDER).advanceToTheEnd();

            saga.expect()
                    .status(SagaStatus.COMPENSATED)
                    .step("PAY", StepStatus.COMPENSATED)
                    .compensations("Callback", "WriteALetter");
        }
    }

    @Test
    void undoesASagaWhoseRouteMarkedItForRollback() {
        SagaScenario saga = SagaScenario.of(context -> context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:order")
                        .routeId("order")
                        .saga()
                        .propagation(SagaPropagation.REQUIRES_NEW)
                        .to("direct:pay")
                        .markRollbackOnly();
                from("direct:pay")
                        .routeId("pay")
                        .saga()
                        .propagation(SagaPropagation.MANDATORY)
                        .compensation("direct:refund")
                        .to("saga-command:bank/Charge");
                from("direct:refund").routeId("refund").to("saga-command:bank/Refund");
            }
        }));
        try (saga) {
            saga.start("direct:order", ORDER).advance(Duration.ofMinutes(1));

            saga.expect().compensated().compensations("Refund").reason("marked for rollback");
        }
    }
}
