package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.test.SimulatedParticipants.Action;
import dev.caravan.saga.test.SimulatedParticipants.Deed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.model.SagaPropagation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A saga completes when nothing of it is in doubt. */
class StepsInDoubtTest extends InEitherMode {

    private static final Step PAY = new Step("PAY", 1);
    private static final Step POINTS = new Step("POINTS", 1);

    private SagaRing ring;

    private abstract static class Routes extends RouteBuilder {

        SagaDefinition saga() {
            return from("direct:order").routeId("order").saga().propagation(SagaPropagation.REQUIRES_NEW);
        }

        SagaDefinition step(String name) {
            return step(from("direct:" + name).routeId(name));
        }

        SagaDefinition step(RouteDefinition route) {
            return route.saga().propagation(SagaPropagation.MANDATORY).compensation("direct:undo");
        }

        void undo() {
            from("direct:undo").routeId("undo").to("saga-command:bank/Undo");
        }
    }

    /** The payment goes wrong, and the route takes another way. */
    private static final class AnotherWay extends Routes {
        @Override
        public void configure() {
            saga().to("direct:ship")
                    .doTry()
                    .to("direct:pay")
                    .doCatch(Exception.class)
                    .to("direct:pay-elsewhere")
                    .end();
            step("pay").completion("direct:confirm").to("saga-command:bank/Charge");
            step("pay-elsewhere").completion("direct:confirm").to("saga-command:other/ChargeElsewhere");
            step("ship").to("saga-command:depot/Ship");
            from("direct:confirm").routeId("confirm").to("saga-command:bank/Confirm");
            undo();
        }
    }

    private static final class WireTap extends Routes {
        @Override
        public void configure() {
            saga().wireTap("direct:points").to("direct:ship");
            step("points").completion("direct:confirm").to("saga-command:shop/AddPoints?timeout=30s");
            step("ship").to("saga-command:depot/Ship");
            from("direct:confirm").routeId("confirm").to("saga-command:shop/Confirm");
            undo();
        }
    }

    /** When the route is at its end, what it tapped has not begun. */
    private static final class WireTapAlone extends Routes {
        @Override
        public void configure() {
            saga().wireTap("direct:points");
            step("points").to("saga-command:shop/AddPoints?timeout=30s");
            undo();
        }
    }

    /** A branch goes on when its multicast was stopped, and comes to its second step when nothing else is outstanding. */
    private static final class BranchAlone extends Routes {
        @Override
        public void configure() {
            saga().wireTap("direct:branches").to("direct:ship");
            from("direct:branches")
                    .routeId("branches")
                    .multicast()
                    .parallelProcessing()
                    .stopOnException()
                    .to("direct:pay", "direct:other")
                    .end();
            from("direct:other")
                    .routeId("other")
                    .loop(3)
                    .to("saga-command:shop/Count")
                    .end()
                    .to("direct:points");
            step("pay").to("saga-command:bank/Charge");
            step("points").completion("direct:confirm").to("saga-command:shop/AddPoints?timeout=30s");
            step("ship").to("saga-command:depot/Ship");
            from("direct:confirm").routeId("confirm").to("saga-command:shop/Confirm");
            undo();
        }
    }

    private void start(Routes routes, Function<SagaCommand, Action> actions) throws Exception {
        ring = ring(routes);
        ring.cluster.participants.actions(actions);
        ring.send("direct:order", Map.of("id", 1));
    }

    private static Function<SagaCommand, Action> only(String command, Action action) {
        return received -> received.command().equals(command) ? action : Action.SUCCEEDS;
    }

    @AfterEach
    void leavesNothingPending() {
        ring.assertNothingIsPending();
        ring.close();
    }

    private StepStatus status(Step step) {
        return ring.saga().step(step).orElseThrow().status();
    }

    private Set<Step> inEffect() {
        return ring.cluster.participants.inEffect(ring.saga().sagaId());
    }

    private List<String> deeds() {
        return ring.cluster.participants.deeds().stream().map(Deed::toString).toList();
    }

    @ParameterizedTest
    @EnumSource(
            value = Action.class,
            names = {"IS_SILENT", "IS_LATE", "IS_UNKNOWN_AND_DONE", "IS_UNKNOWN_AND_NOT_DONE"})
    void undoesAStepThatTheRouteWentAround(Action action) throws Exception {
        start(new AnotherWay(), only("Charge", action));
        ring.advance(Duration.ofMinutes(10));

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(status(PAY)).isEqualTo(StepStatus.COMPENSATED);
        assertThat(inEffect()).containsExactlyInAnyOrder(new Step("SHIP", 1), new Step("PAY_ELSEWHERE", 1));
        assertThat(deeds()).endsWith("Confirm PAY_ELSEWHERE").doesNotContain("Confirm PAY");
        assertThat(ring.events(ring.saga().sagaId())).contains(new SagaEvent.StepUndone(PAY));
    }

    @Test
    void waitsForAWireTapThatHasNotComeToAStepYet() throws Exception {
        start(new WireTapAlone(), only("AddPoints", Action.SUCCEEDS));

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(inEffect()).containsExactly(POINTS);
    }

    @Test
    void undoesAStepOfAWireTapThatTheRouteDidNotWaitFor() throws Exception {
        start(new WireTapAlone(), only("AddPoints", Action.IS_SILENT));
        ring.advance(Duration.ofMinutes(10));

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(status(POINTS)).isEqualTo(StepStatus.COMPENSATED);
        assertThat(inEffect()).isEmpty();
    }

    @Test
    void aBranchOfAMulticastThatWasStoppedBeginsNoStep() throws Exception {
        start(new BranchAlone(), only("Charge", Action.IS_REJECTED));

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(inEffect()).doesNotContain(POINTS, PAY);
        assertThat(deeds()).doesNotContain("Confirm POINTS");
    }

    @Test
    void undoesTheWholeSagaWhenTheStepThatItWentAroundCannotBeUndone() throws Exception {
        ring = ring(new AnotherWay());
        ring.cluster
                .participants
                .actions(only("Charge", Action.IS_SILENT))
                .endingsFail(command -> command.step().equals(PAY) ? 1000 : 0);
        ring.send("direct:order", Map.of("id", 1));
        ring.advance(Duration.ofMinutes(10));

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.FAILED);
        assertThat(ring.saga().problem()).contains("Step PAY could not be compensated");
        assertThat(inEffect()).containsExactly(PAY);
    }

    @Test
    void goesAroundTheSameStepAfterACrashAtAnyPoint() throws Exception {
        start(new AnotherWay(), only("Charge", Action.IS_UNKNOWN_AND_DONE));
        ring.advance(Duration.ofMinutes(10));
        int acts = ring.member.instance.acts();
        List<String> undisturbed = deeds();
        ring.close();

        for (int act = 0; act < acts; act++) {
            ring = ring(new AnotherWay());
            ring.cluster.participants.actions(only("Charge", Action.IS_UNKNOWN_AND_DONE));
            ring.member.instance.dieAfter(act);
            ring.send("direct:order", Map.of("id", 1));
            while (ring.member.isAlive() && (ring.world.step() || ring.world.passTime())) {
                // until it dies
            }
            assertThat(ring.member.isAlive()).isFalse();
            ring.world.run();
            SagaRing dead = ring;
            ring = dead.takenOver(new AnotherWay());
            ring.advance(Duration.ofMinutes(10));
            assertThat(ring.saga().status()).as("died after %d", act).isEqualTo(SagaStatus.COMPLETED);
            assertThat(deeds()).as("died after %d", act).containsExactlyInAnyOrderElementsOf(undisturbed);
            ring.assertNothingIsPending();
            dead.close();
            if (act < acts - 1) {
                ring.close();
            }
        }
    }

    @Test
    void undoesAPlainStepWhoseBlockBrokeOff() throws Exception {
        start(
                new Routes() {
                    @Override
                    public void configure() {
                        saga().doTry()
                                .to("direct:pay")
                                .doCatch(Exception.class)
                                .to("direct:pay-elsewhere")
                                .end();
                        step("pay").process(exchange -> {
                            throw new IllegalStateException("connection reset");
                        });
                        step("pay-elsewhere").to("saga-command:other/ChargeElsewhere");
                        undo();
                    }
                },
                command -> Action.SUCCEEDS);

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(status(PAY)).isEqualTo(StepStatus.COMPENSATED);
        assertThat(ring.saga().step(PAY).orElseThrow().error()).isEqualTo("connection reset");
        assertThat(ring.cluster.participants.received())
                .extracting(SagaCommand::command)
                .containsExactly("ChargeElsewhere", "Undo");
    }

    @Test
    void doesNotSayThatAStepSucceededOfWhichThereIsNothingToUndo() throws Exception {
        start(
                new Routes() {
                    @Override
                    public void configure() {
                        saga().doTry()
                                .to("direct:tell")
                                .doCatch(Exception.class)
                                .to("direct:ship")
                                .end();
                        from("direct:tell")
                                .routeId("tell")
                                .saga()
                                .propagation(SagaPropagation.MANDATORY)
                                .throwException(new IllegalStateException("no mail today"));
                        step("ship").to("saga-command:depot/Ship");
                        undo();
                    }
                },
                command -> Action.SUCCEEDS);

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(status(new Step("TELL", 1))).isEqualTo(StepStatus.UNKNOWN);
    }

    @Test
    void waitsForACommandOfAWireTapAsLongAsItsOwnTimeOutSays() throws Exception {
        start(
                new Routes() {
                    @Override
                    public void configure() {
                        saga().wireTap("direct:points").to("direct:ship");
                        step("points").to("saga-command:shop/AddPoints?timeout=1m");
                        step("ship").to("saga-command:depot/Ship");
                        undo();
                    }
                },
                only("AddPoints", Action.IS_LATE));
        ring.advance(Duration.ofMinutes(10));

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(status(POINTS)).isEqualTo(StepStatus.SUCCEEDED);
    }

    /** However often it is told to wait; and its first failure comes behind that. */
    @Test
    void saysOnceThatACompensationWaitsForItsAction() throws Exception {
        ring = ring(new AnotherWay());
        ring.cluster
                .participants
                .actions(only("Charge", Action.IS_SLOW))
                .endingsFail(command -> command.step().equals(PAY) ? 2 : 0);
        ring.send("direct:order", Map.of("id", 1));
        ring.advance(Duration.ofMinutes(10));

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(ring.events(ring.saga().sagaId()))
                .filteredOn(SagaEvent.CompensateRetry.class::isInstance)
                .extracting(retry -> ((SagaEvent.CompensateRetry) retry).attempt())
                .containsExactly(0, 1, 2);
    }

    /** The route that tapped it goes on, and so does the saga. */
    @Test
    void undoesAStepOfAWireTapWhoseFailureAnErrorHandlerTook() throws Exception {
        start(
                new Routes() {
                    @Override
                    public void configure() {
                        saga().wireTap("direct:points").to("direct:ship");
                        RouteDefinition points = from("direct:points").routeId("points");
                        points.onException(Exception.class).handled(true);
                        step(points).to("saga-command:shop/AddPoints", "saga-command:shop/Tell");
                        step("ship").to("saga-command:depot/Ship");
                        undo();
                    }
                },
                only("Tell", Action.IS_REJECTED));

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(status(POINTS)).isEqualTo(StepStatus.COMPENSATED);
        assertThat(inEffect()).containsExactly(new Step("SHIP", 1));
    }

    /** While the saga goes on, it takes steps; a compensation has none all the same, whatever it finds at run time. */
    @Test
    void letsACompensationHaveNoStepsWhileTheSagaGoesOn() throws Exception {
        start(
                new Routes() {
                    @Override
                    public void configure() {
                        saga().doTry()
                                .to("direct:pay")
                                .doCatch(Exception.class)
                                .to("direct:ship")
                                .end();
                        from("direct:pay")
                                .routeId("pay")
                                .saga()
                                .propagation(SagaPropagation.MANDATORY)
                                .compensation("direct:refund")
                                .throwException(new IllegalStateException("connection reset"));
                        from("direct:refund")
                                .routeId("refund")
                                .setProperty("next", constant("points"))
                                .toD("direct:${exchangeProperty.next}");
                        step("points").to("saga-command:shop/AddPoints");
                        step("ship").to("saga-command:depot/Ship");
                        undo();
                    }
                },
                command -> Action.SUCCEEDS);
        ring.advance(Duration.ofMinutes(10));

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.FAILED);
        assertThat(ring.saga().problem()).contains("the COMPENSATION of step PAY has no steps of its own");
        assertThat(inEffect()).isEmpty();
    }

    /** There is no undoing one command of a step, and the route counts on the step. */
    @Test
    void undoesASagaWithAStepThatWentAroundOneOfItsOwnCommands() throws Exception {
        start(
                new Routes() {
                    @Override
                    public void configure() {
                        saga().to("direct:pay", "direct:ship");
                        step("pay")
                                .doTry()
                                .to("saga-command:bank/Charge")
                                .doCatch(StepTimedOutException.class)
                                .to("saga-command:other/ChargeElsewhere")
                                .end();
                        step("ship").to("saga-command:depot/Ship");
                        undo();
                    }
                },
                only("Charge", Action.IS_SILENT));
        ring.advance(Duration.ofMinutes(10));

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(ring.saga().reason()).startsWith("Step PAY is in doubt");
        assertThat(inEffect()).isEmpty();
    }

    @Test
    void waitsForAStepThatAWireTapTook() throws Exception {
        start(new WireTap(), only("AddPoints", Action.IS_SILENT));
        assertThat(ring.saga().status()).isEqualTo(SagaStatus.EXECUTING);

        ring.advance(Duration.ofSeconds(29));
        assertThat(ring.saga().status()).isEqualTo(SagaStatus.EXECUTING);

        ring.advance(Duration.ofSeconds(2));
        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(status(POINTS)).isEqualTo(StepStatus.COMPENSATED);
        assertThat(inEffect()).containsExactly(new Step("SHIP", 1));
    }

    @Test
    void completesAStepThatAWireTapTookWhenItIsDone() throws Exception {
        start(new WireTap(), command -> Action.SUCCEEDS);

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(status(POINTS)).isEqualTo(StepStatus.COMPLETED);
    }

    /** The kit's threads never block, so the work of the step is an answer that does not come. */
    @Test
    void undoesASagaOfWhichAPlainStepIsAtWorkForTooLong() throws Exception {
        CompletableFuture<Void> work = new CompletableFuture<>();
        start(
                new Routes() {
                    @Override
                    public void configure() {
                        saga().wireTap("direct:points").to("direct:ship");
                        step("points").process(new Waiting(work));
                        step("ship").to("saga-command:depot/Ship");
                        undo();
                    }
                },
                command -> Action.SUCCEEDS);
        ring.advance(Cluster.PATIENCE.minusSeconds(1));
        assertThat(ring.saga().status()).isEqualTo(SagaStatus.EXECUTING);

        ring.advance(Cluster.PATIENCE.plusSeconds(2));
        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(ring.saga().reason()).startsWith("Step POINTS is still at work");
        work.complete(null);
        ring.world.run();
    }

    /** It is not the whole branch that has a limit, but what it is at. */
    @Test
    void waitsForAWireTapThatHasSentACommandAndHadItsAnswerMeanwhile() throws Exception {
        CompletableFuture<Void> before = new CompletableFuture<>();
        CompletableFuture<Void> behind = new CompletableFuture<>();
        start(
                new Routes() {
                    @Override
                    public void configure() {
                        saga().wireTap("direct:tapped").to("direct:ship");
                        from("direct:tapped")
                                .routeId("tapped")
                                .process(new Waiting(before))
                                .to("direct:points")
                                .process(new Waiting(behind));
                        step("points").to("saga-command:shop/AddPoints");
                        step("ship").to("saga-command:depot/Ship");
                        undo();
                    }
                },
                command -> Action.SUCCEEDS);
        ring.advance(Cluster.PATIENCE.minusSeconds(1));
        before.complete(null);
        ring.advance(Duration.ofSeconds(2));
        assertThat(ring.saga().status()).isEqualTo(SagaStatus.EXECUTING);

        behind.complete(null);
        ring.world.run();
        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(inEffect()).containsExactlyInAnyOrder(POINTS, new Step("SHIP", 1));
    }

    private static final class Waiting extends org.apache.camel.support.AsyncProcessorSupport {
        private final CompletableFuture<Void> work;

        private Waiting(CompletableFuture<Void> work) {
            this.work = work;
        }

        @Override
        public boolean process(Exchange exchange, org.apache.camel.AsyncCallback callback) {
            work.thenRun(() -> callback.done(false));
            return false;
        }
    }

    @Test
    void failsWithANameWhenAStepWasNeverDoneThatIsToBeCompleted() throws Exception {
        start(
                new Routes() {
                    @Override
                    public void configure() {
                        saga().to("direct:pay", "direct:ship");
                        step("pay").completion("direct:confirm").process(exchange -> {});
                        step("ship").completion("direct:confirm").to("saga-command:depot/Ship");
                        from("direct:confirm").routeId("confirm").to("saga-command:bank/Confirm");
                        undo();
                    }
                },
                command -> Action.SUCCEEDS);
        ring.advance(Duration.ofMinutes(10));

        SagaState saga = ring.saga();
        assertThat(saga.status()).isEqualTo(SagaStatus.FAILED);
        assertThat(saga.problem()).contains("step PAY could not be completed");
        assertThat(status(PAY)).isEqualTo(StepStatus.COMPLETION_FAILED);
        assertThat(status(new Step("SHIP", 1))).isEqualTo(StepStatus.COMPLETED);
    }

    /** It fails once, behind its effect, and its route tries again; its compensation knows the order and no more. */
    private static final class TriesAgain extends Routes {

        private final List<String> effects;

        TriesAgain(List<String> effects) {
            this.effects = effects;
        }

        @Override
        public void configure() {
            saga().loop(2)
                    .filter(exchange -> !effects.contains("paid"))
                    .doTry()
                    .to("direct:pay")
                    .doCatch(IllegalStateException.class)
                    .end()
                    .end()
                    .end()
                    .to("direct:ship");
            from("direct:pay")
                    .routeId("pay")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:refund")
                    .process(exchange -> {
                        effects.add(effects.isEmpty() ? "reset" : "paid");
                        if (effects.size() == 1) {
                            throw new IllegalStateException("connection reset");
                        }
                    });
            from("direct:refund").routeId("refund").process(exchange -> effects.add("refunded"));
            step("ship").to("saga-command:depot/Ship");
            undo();
        }
    }

    @Test
    void aStepThatIsTriedAgainIsUndoneBeforeThat() throws Exception {
        List<String> effects = new ArrayList<>();
        start(new TriesAgain(effects), command -> Action.SUCCEEDS);
        ring.advance(Duration.ofHours(1));

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(effects).containsExactly("reset", "refunded", "paid");
        ring.assertNothingIsPending();
    }
}
