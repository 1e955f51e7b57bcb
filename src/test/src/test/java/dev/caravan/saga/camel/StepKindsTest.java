package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.StepKind;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.StepState;
import dev.caravan.saga.test.SimulatedParticipants.Action;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.model.SagaPropagation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A saga with a point of no return. */
class StepKindsTest extends InEitherMode {

    private final AtomicInteger runs = new AtomicInteger();
    private final AtomicInteger breaks = new AtomicInteger();
    private final AtomicInteger troubles = new AtomicInteger();
    private String troubled = "";
    private Action trouble = Action.IS_UNKNOWN_AND_NOT_DONE;
    private SagaRing ring;

    @BeforeEach
    void start() throws Exception {
        ring = ring(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:order-saga")
                        .routeId("order-saga")
                        .saga()
                        .timeout(Duration.ofMinutes(10))
                        .process(exchange -> runs.incrementAndGet())
                        .to("direct:reserve-stock")
                        .to("direct:process-payment")
                        .process(exchange -> {
                            if (breaks.getAndDecrement() > 0) {
                                throw new IllegalStateException("the route is broken");
                            }
                        })
                        .to("direct:prepare-shipping");
                step("reserve-stock", null, "inventory-service/ReserveStock", "inventory-service/ReleaseStock");
                step("process-payment", "pivot", "payment-service/ProcessPayment", "payment-service/RefundPayment");
                step("prepare-shipping", "retriable", "shipping-service/PrepareShipping", null);
            }

            private void step(String name, String kind, String command, String compensation) {
                var route = from("direct:" + name).routeId(name);
                if (kind != null) {
                    route.routeProperty(SagaConstants.STEP_KIND, kind);
                }
                var saga = route.saga().propagation(SagaPropagation.MANDATORY).option("name", constant(name));
                if (compensation != null) {
                    saga.compensation("direct:undo-" + name);
                    from("direct:undo-" + name).routeId("undo-" + name).to("saga-command:" + compensation);
                }
                saga.to("saga-command:" + command + "?timeout=30s&retryDelay=1s");
            }
        });
        ring.cluster.participants.actions(this::action);
    }

    @AfterEach
    void close() {
        ring.assertNothingIsPending();
        ring.close();
    }

    private void has(Action action, String command, int times) {
        trouble = action;
        troubled = command;
        troubles.set(times);
    }

    private Action action(SagaCommand command) {
        return command.command().equals(troubled) && troubles.getAndDecrement() > 0 ? trouble : Action.SUCCEEDS;
    }

    private CompletableFuture<Exchange> order() {
        return ring.send("direct:order-saga", "{}");
    }

    private void ends(SagaStatus status) {
        assertThat(ring.saga().status()).isEqualTo(status);
    }

    private long count(Class<? extends SagaEvent> event) {
        return ring.events(ring.saga().sagaId()).stream()
                .filter(event::isInstance)
                .count();
    }

    @Test
    void hasTheKindOfEachStepInTheLog() {
        order();

        ends(SagaStatus.COMPLETED);
        assertThat(ring.saga().steps())
                .extracting(StepState::enlistment)
                .extracting(SagaEvent.Enlist::kind)
                .containsExactly(null, StepKind.PIVOT, StepKind.RETRIABLE);
    }

    @Test
    void isUndoneWhenThePivotIsRejected() {
        has(Action.IS_REJECTED, "ProcessPayment", 1);
        order();

        ends(SagaStatus.COMPENSATED);
    }

    @Test
    void triesARetriableStepUntilItSucceeds() {
        has(Action.IS_UNKNOWN_AND_NOT_DONE, "PrepareShipping", 3);
        CompletableFuture<Exchange> ordered = order();
        assertThat(ring.saga().status()).isEqualTo(SagaStatus.EXECUTING);

        ring.advance(Duration.ofMinutes(1));

        ends(SagaStatus.COMPLETED);
        assertThat(ordered.join().getException()).isNull();
        assertThat(count(SagaEvent.StepRetry.class)).isEqualTo(3);
    }

    @Test
    void runsItsRouteAgainWhenThatBreaksAfterThePivot() {
        breaks.set(2);
        CompletableFuture<Exchange> ordered = order();
        ring.advance(Duration.ofMinutes(2));

        ends(SagaStatus.COMPLETED);
        assertThat(ordered.join().getException()).isNull();
        assertThat(ring.events(ring.saga().sagaId()).stream()
                        .filter(SagaEvent.ForwardRetry.class::isInstance)
                        .map(event -> ((SagaEvent.ForwardRetry) event).attempt()))
                .containsExactly(1, 2);
        assertThat(count(SagaEvent.Enlist.class)).isEqualTo(3);
    }

    @Test
    void leavesItsRouteToTheInstanceThatHasTakenItOver() {
        breaks.set(1);
        order();
        ring.member.lose(0);
        ring.advance(Duration.ofMinutes(2));
        assertThat(runs).hasValue(1);
        ends(SagaStatus.EXECUTING);

        ring.member.gain(0);
        ring.advance(Duration.ofMinutes(2));

        ends(SagaStatus.COMPLETED);
        assertThat(runs).hasValue(2);
    }

    @Test
    void isNotUndoneByItsDeadlineAfterThePivot() {
        has(Action.IS_UNKNOWN_AND_NOT_DONE, "PrepareShipping", 100);
        order();
        ring.advance(Duration.ofMinutes(11));
        assertThat(ring.saga().status()).isEqualTo(SagaStatus.EXECUTING);

        troubles.set(0);
        ring.advance(Duration.ofMinutes(5));

        ends(SagaStatus.COMPLETED);
        assertThat(count(SagaEvent.Timeout.class)).isZero();
    }

    @Test
    void refusesAnotherPathThatIsNeitherWaitedForNorUndone() throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.getPropertiesComponent().addInitialProperty("caravan.other-path", "perhaps");

            assertThatThrownBy(() -> StepKinds.check(context, true))
                    .hasMessage("caravan.other-path is 'perhaps'. Say wait or undo");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'pivot,pivot', a and b are both pivots",
        "retriable, 'a is retriable, but no pivot comes before it'",
        "'pivot,compensatable', b comes after the pivot a",
        "'compensatable,retriable,pivot', 'b is retriable, but no pivot'",
        "'steep', No enum constant"
    })
    void refusesKindsThatContradictEachOther(String kinds, String problem) throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.addRoutes(saga(kinds.split(","), false));

            assertThatThrownBy(() -> StepKinds.check(context, true)).hasMessageContaining(problem);
        }
    }

    @Test
    void letsOnlyTheLogHaveATimeOutWithAPivot() throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.addRoutes(saga(new String[] {"compensatable", "pivot", "retriable", "retriable"}, true));

            assertThatCode(() -> StepKinds.check(context, true)).doesNotThrowAnyException();
            assertThatThrownBy(() -> StepKinds.check(context, false)).hasMessageContaining("and a time-out");
        }
    }

    @Test
    void letsOnlyTheLogHaveATimeOutOfAStepWithAPivot() throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.addRoutes(saga(new String[] {"compensatable", "pivot"}, false));
            assertThatCode(() -> StepKinds.check(context, false)).doesNotThrowAnyException();

            SagaDefinition step = (SagaDefinition)
                    context.getRouteDefinition("a").getOutputs().get(0);
            step.timeout(Duration.ofMinutes(1));

            assertThatCode(() -> StepKinds.check(context, true)).doesNotThrowAnyException();
            assertThatThrownBy(() -> StepKinds.check(context, false))
                    .hasMessageContaining("<saga> of a has a time-out");
        }
    }

    @Test
    void refusesAContradictionAmongStepsOfATemplate() throws Exception {
        RouteBuilder routes = new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:order-saga")
                        .routeId("order-saga")
                        .saga()
                        .to("direct:book-hotel")
                        .to("direct:book-flight");
                routeTemplate("book")
                        .templateParameter("what")
                        .from("direct:book-{{what}}")
                        .routeProperty(SagaConstants.STEP_KIND, "pivot")
                        .saga()
                        .propagation(SagaPropagation.MANDATORY)
                        .to("log:step");
                templatedRoute("book").routeId("hotel").parameter("what", "hotel");
                templatedRoute("book").routeId("flight").parameter("what", "flight");
            }
        };
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.addRoutes(routes);
            routes.addTemplatedRoutesToCamelContext(context);

            assertThatThrownBy(() -> StepKinds.check(context, true))
                    .hasMessageContaining("hotel")
                    .hasMessageContaining("flight")
                    .hasMessageContaining("contradict");
        }
    }

    /** Steps a, b, c and so on. */
    private static RouteBuilder saga(String[] kinds, boolean timeout) {
        return new RouteBuilder() {
            @Override
            public void configure() {
                var saga = from("direct:order-saga").routeId("order-saga").saga();
                if (timeout) {
                    saga.timeout(Duration.ofMinutes(1));
                }
                for (int i = 0; i < kinds.length; i++) {
                    String name = String.valueOf((char) ('a' + i));
                    saga.to("direct:" + name);
                    from("direct:" + name)
                            .routeId(name)
                            .routeProperty(SagaConstants.STEP_KIND, kinds[i])
                            .saga()
                            .propagation(SagaPropagation.MANDATORY)
                            .option("x", constant(1))
                            .to("log:step");
                }
            }
        };
    }
}
