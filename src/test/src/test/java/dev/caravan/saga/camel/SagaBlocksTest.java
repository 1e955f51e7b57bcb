package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.StepKind;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepState;
import dev.caravan.saga.test.SimulatedParticipants.Action;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SagaCompletionMode;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.model.SagaPropagation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each block is a step, and each command goes out in the name of the block that it stands in, or in its own. */
class SagaBlocksTest extends InEitherMode {

    private SagaRing ring;

    /** The routes of one test. */
    private abstract static class Routes extends RouteBuilder {

        SagaDefinition saga(String name) {
            return from("direct:" + name).routeId(name).saga().propagation(SagaPropagation.REQUIRES_NEW);
        }

        SagaDefinition step(String name) {
            return step(from("direct:" + name).routeId(name));
        }

        SagaDefinition step(RouteDefinition route) {
            return route.saga().propagation(SagaPropagation.MANDATORY);
        }

        void undo(String name) {
            from("direct:" + name).routeId(name).to("saga-command:bank/" + name);
        }
    }

    private void run(Function<SagaCommand, Action> participants, Routes routes) throws Exception {
        ring = ring(routes);
        ring.cluster.participants.actions(participants).results(command -> JsonNodeFactory.instance
                .objectNode()
                .put("by", command.command()));
        ring.send("direct:order", Map.of("id", 1));
        ring.advance(Duration.ofHours(1));
    }

    private static Action rejects(SagaCommand command, String rejected) {
        return command.command().equals(rejected) ? Action.IS_REJECTED : Action.SUCCEEDS;
    }

    @AfterEach
    void leavesNothingPending() {
        ring.assertNothingIsPending();
        ring.close();
    }

    /** Step, phase and command of all that was sent. */
    private List<String> sent() {
        return ring.cluster.participants.received().stream()
                .map(command -> "%s %s%s"
                        .formatted(
                                command.step(),
                                command.command(),
                                command.phase() == Phase.ACTION ? "" : " " + command.phase()))
                .distinct()
                .toList();
    }

    private List<String> steps() {
        return ring.saga().steps().stream().map(step -> step.step().toString()).toList();
    }

    @Test
    void aCommandAfterAStepIsAStepOfItsOwn() throws Exception {
        run(command -> rejects(command, "Ship"), new Routes() {
            @Override
            public void configure() {
                saga("order")
                        .to("direct:pay")
                        .to("saga-command:mail/SendReceipt")
                        .to("direct:ship");
                step("pay").compensation("direct:refund").to("saga-command:bank/Charge");
                step("ship").compensation("direct:refund").to("saga-command:depot/Ship");
                undo("refund");
            }
        });

        assertThat(sent())
                .containsExactly("PAY Charge", "SEND_RECEIPT SendReceipt", "SHIP Ship", "PAY refund COMPENSATION");
        assertThat(ring.cluster.participants.received().get(3).data()).hasToString("{\"by\":\"Charge\"}");
        assertThat(ring.saga().steps())
                .extracting(step -> step.step().name(), StepState::status)
                .containsExactly(
                        tuple("PAY", StepStatus.COMPENSATED),
                        tuple("SEND_RECEIPT", StepStatus.SUCCEEDED),
                        tuple("SHIP", StepStatus.REJECTED));
    }

    @Test
    void aPivotAndARetriableStepDeclareNothingElse() throws Exception {
        int[] notified = {0};
        run(
                command -> command.command().equals("Notify") && notified[0]++ < 2
                        ? Action.IS_UNKNOWN_AND_NOT_DONE
                        : Action.SUCCEEDS,
                new Routes() {
                    @Override
                    public void configure() {
                        saga("order").to("direct:reserve", "direct:contract", "direct:notify");
                        step("reserve").compensation("direct:release").to("saga-command:bank/Reserve");
                        undo("release");
                        step(from("direct:contract")
                                        .routeId("contract")
                                        .routeProperty(SagaConstants.STEP_KIND, "pivot"))
                                .to("saga-command:bank/Contract");
                        step(from("direct:notify")
                                        .routeId("notify")
                                        .routeProperty(SagaConstants.STEP_KIND, "retriable"))
                                .to("saga-command:bank/Notify");
                    }
                });

        SagaState saga = ring.saga();
        assertThat(saga.status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(saga.steps())
                .extracting(
                        step -> step.step().name(), step -> step.enlistment().kind())
                .containsExactly(
                        tuple("RESERVE", null), tuple("CONTRACT", StepKind.PIVOT), tuple("NOTIFY", StepKind.RETRIABLE));
        assertThat(sent()).containsExactly("RESERVE Reserve", "CONTRACT Contract", "NOTIFY Notify");
    }

    @Test
    void aCommandBelongsToTheBlockAroundItHoweverManyRoutesAreBetween() throws Exception {
        run(command -> rejects(command, "Ship"), new Routes() {
            @Override
            public void configure() {
                saga("order")
                        .compensation("direct:cancel")
                        .to("direct:pay", "direct:note")
                        .to("saga-command:depot/Ship");
                step("pay").compensation("direct:refund").to("direct:charge");
                from("direct:charge").routeId("charge").to("saga-command:bank/Charge");
                from("direct:note").routeId("note").to("saga-command:desk/Note");
                undo("refund");
                undo("cancel");
            }
        });

        assertThat(sent())
                .containsExactly(
                        "PAY Charge",
                        "ORDER Note",
                        "ORDER Ship",
                        "PAY refund COMPENSATION",
                        "ORDER cancel COMPENSATION");
    }

    /** Camel makes the block of the whole route, wherever in it {@code saga()} stands. */
    @Test
    void aCommandThatStandsBeforeTheBlockOfItsRouteIsInIt() throws Exception {
        run(command -> Action.SUCCEEDS, new Routes() {
            @Override
            public void configure() {
                saga("order").loop(2).to("direct:pay").end();
                step(from("direct:pay").routeId("pay").to("saga-command:bank/Check"))
                        .compensation("direct:refund")
                        .to("saga-command:bank/Charge");
                undo("refund");
            }
        });

        assertThat(sent()).containsExactly("PAY Check", "PAY Charge", "PAY#2 Check", "PAY#2 Charge");
    }

    @Test
    void aCommandOfAnotherSagaInThisOneIsThatSagas() throws Exception {
        run(command -> Action.SUCCEEDS, new Routes() {
            @Override
            public void configure() {
                saga("order").to("direct:pay");
                step("pay").compensation("direct:refund").to("direct:audit").to("saga-command:bank/Charge");
                saga("audit").to("saga-command:desk/Audit");
                undo("refund");
            }
        });

        assertThat(sent()).containsExactly("AUDIT Audit", "PAY Charge");
        assertThat(ring.sagas())
                .extracting(SagaState::name, saga -> saga.steps().get(0).step().name())
                .containsExactlyInAnyOrder(tuple("order", "PAY"), tuple("audit", "AUDIT"));
    }

    @Test
    void aSagaInACompensationHasStepsOfItsOwn() throws Exception {
        run(command -> rejects(command, "Ship"), new Routes() {
            @Override
            public void configure() {
                saga("order").to("direct:pay").to("saga-command:depot/Ship");
                step("pay").compensation("direct:refund").to("saga-command:bank/Charge");
                from("direct:refund").routeId("refund").to("direct:apology").to("saga-command:bank/Refund");
                saga("apology").to("saga-command:desk/Apologize");
            }
        });

        assertThat(sent()).containsExactly("PAY Charge", "SHIP Ship", "APOLOGIZE Apologize", "PAY Refund COMPENSATION");
        assertThat(ring.sagas())
                .extracting(SagaState::status)
                .containsExactlyInAnyOrder(SagaStatus.COMPENSATED, SagaStatus.COMPLETED);
    }

    @Test
    void aBlockThatCallsABeanIsAStep() throws Exception {
        run(command -> Action.SUCCEEDS, new Routes() {
            @Override
            public void configure() {
                saga("order").to("direct:print");
                step("print").process(exchange -> exchange.getMessage().setBody("printed"));
            }
        });

        assertThat(steps()).containsExactly("PRINT");
    }

    @Test
    void aMessageThatHasLostItsHeadersEndsItsSagaAllTheSame() throws Exception {
        run(command -> Action.SUCCEEDS, new Routes() {
            @Override
            public void configure() {
                saga("order")
                        .completionMode(SagaCompletionMode.MANUAL)
                        .to("direct:pay")
                        .removeHeaders("*")
                        .to("saga:complete");
                step("pay").to("saga-command:bank/Charge");
            }
        });

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
    }

    @Test
    void aBlockThatOnlyEndsTheSagaIsNoStep() throws Exception {
        run(command -> Action.SUCCEEDS, new Routes() {
            @Override
            public void configure() {
                saga("order").to("direct:pay").to("direct:give-up");
                step("pay").compensation("direct:refund").to("saga-command:bank/Charge");
                step("give-up").log("enough").to("saga:compensate");
                undo("refund");
            }
        });

        assertThat(steps()).containsExactly("PAY");
        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPENSATED);
    }

    @Test
    void countsNoAttemptOfACompensationThatHasToWaitForItsAction() throws Exception {
        Routes routes = new Routes() {
            @Override
            public void configure() {
                saga("order").to("direct:pay").to("saga-command:depot/Ship");
                step("pay").compensation("direct:refund").to("saga-command:bank/Charge");
                undo("refund");
            }
        };
        ring = ring(routes);
        int[] early = {24}; // and the last four of them go wrong
        ring.cluster.participants.actions(command -> rejects(command, "Ship"));
        ring.cluster.participants.replyTo(reply -> ring.world.as(
                ring.member.instance,
                () -> ring.member.host.deliver(
                        reply.command().equals("refund") && early[0]-- > 0 ? instead(reply, early[0] < 4) : reply)));
        ring.send("direct:order", Map.of("id", 1));

        ring.advance(Duration.ofHours(1));

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(early[0]).isEqualTo(-1);
        assertThat(ring.saga().step(new Step("PAY", 1)).orElseThrow().attempts())
                .isEqualTo(4);
    }

    private static SagaReply instead(SagaReply reply, boolean goesWrong) {
        SagaCommand asked =
                new SagaCommand(reply.sagaId(), reply.step(), "bank", reply.command(), null, Phase.COMPENSATION);
        return goesWrong ? SagaReply.unknown(asked, "connection reset") : SagaReply.atWork(asked, "still at work");
    }
}
