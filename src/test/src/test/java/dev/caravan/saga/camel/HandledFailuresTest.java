package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.state.StepState;
import dev.caravan.saga.test.SimulatedParticipants.Action;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SagaPropagation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What an error handler took from a compensation, a completion or the saga's own route has failed all the same. */
class HandledFailuresTest extends InEitherMode {

    private static final Duration LONG = Duration.ofMinutes(10);

    private SagaRing ring;

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

    @AfterEach
    void leavesNothingPending() {
        ring.assertNothingIsPending();
        ring.close();
    }

    private void order(Consumer<RouteDefinition> callback, String rejected, int failing) throws Exception {
        ring = ring(new Order() {
            @Override
            void callback(RouteDefinition route) {
                callback.accept(route);
            }
        });
        ring.cluster
                .participants
                .actions(command -> command.command().equals(rejected) ? Action.IS_REJECTED : Action.SUCCEEDS)
                .endingsFail(command -> command.command().equals("Callback") ? failing : 0);
        ring.send("direct:order", Map.of("id", 1));
    }

    private StepState payment() {
        return ring.saga().step(new Step("PAY", 1)).orElseThrow();
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
                        .end()),
                Named.of("markRollbackOnlyLast", route -> route.doTry()
                        .to("saga-command:bank/Callback")
                        .doCatch(Exception.class)
                        .markRollbackOnlyLast()
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
    void triesACompensationAgainAndGivesItUpInTheEnd(Consumer<RouteDefinition> callback) throws Exception {
        order(callback, "Ship", 1000);
        ring.advance(LONG);

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.FAILED);
        assertThat(ring.saga().problem()).contains("PAY");
        assertThat(payment().attempts()).isEqualTo(5);
    }

    @ParameterizedTest
    @MethodSource("takenByAnErrorHandler")
    void triesACompletionAgainUntilItIsDone(Consumer<RouteDefinition> callback) throws Exception {
        order(callback, "none", 2);
        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETING);
        assertThat(payment().status()).isEqualTo(StepStatus.SUCCEEDED);

        ring.advance(LONG);

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(payment().status()).isEqualTo(StepStatus.COMPLETED);
    }

    @ParameterizedTest
    @MethodSource("settledByTheAuthor")
    void takesACompensationForDoneThatTheRouteItselfReplaced(Consumer<RouteDefinition> callback) throws Exception {
        order(callback, "Ship", 1000);
        ring.advance(LONG);

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(payment().status()).isEqualTo(StepStatus.COMPENSATED);
        assertThat(ring.cluster.participants.received())
                .extracting(SagaCommand::command)
                .endsWith("Callback", "WriteALetter");
    }

    @Test
    void undoesASagaWhoseRouteMarkedItForRollback() throws Exception {
        ring = ring(new RouteBuilder() {
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
        });
        ring.send("direct:order", Map.of("id", 1));

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(ring.saga().reason()).contains("marked for rollback");
        assertThat(ring.cluster.participants.received())
                .extracting(SagaCommand::command)
                .containsExactly("Charge", "Refund");
    }
}
