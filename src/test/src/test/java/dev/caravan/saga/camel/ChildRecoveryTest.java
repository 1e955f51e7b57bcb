package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.state.Child;
import dev.caravan.saga.state.SagaLog;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.test.SimulatedParticipants.Action;
import dev.caravan.saga.test.SimulatedParticipants.Deed;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.model.SagaPropagation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An instance dies while a saga of its own runs, or has run, in a saga. */
class ChildRecoveryTest extends InEitherMode {

    private SagaRing ring;

    private abstract static class Routes extends RouteBuilder {

        SagaDefinition saga(String name, SagaPropagation propagation) {
            return from("direct:" + name).routeId(name).saga().propagation(propagation);
        }

        void sign() {
            from("direct:sign")
                    .routeId("sign")
                    .routeProperty(SagaConstants.STEP_KIND, "pivot")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .to("saga-command:desk/Sign");
        }

        void steps() {
            saga("charge", SagaPropagation.MANDATORY)
                    .compensation("direct:refund")
                    .to("saga-command:bank/Charge");
            saga("ship", SagaPropagation.MANDATORY)
                    .compensation("direct:recall")
                    .to("saga-command:depot/Ship");
            from("direct:refund").routeId("refund").to("saga-command:bank/Refund");
            from("direct:recall").routeId("recall").to("saga-command:depot/Recall");
        }
    }

    /** Two children, one after the other, and a step of the parent. */
    private static final class Paid extends Routes {

        @Override
        public void configure() {
            saga("order", SagaPropagation.REQUIRES_NEW)
                    .to("direct:payment")
                    .to("direct:ship")
                    .to("direct:payment");
            saga("payment", SagaPropagation.REQUIRES_NEW).to("direct:charge").to("saga-command:desk/Note");
            steps();
        }
    }

    private static final class PaidAnotherWay extends Routes {

        @Override
        public void configure() {
            saga("order", SagaPropagation.REQUIRES_NEW)
                    .doTry()
                    .to("direct:payment")
                    .doCatch(Exception.class)
                    .to("saga-command:desk/SendInvoice")
                    .end()
                    .to("direct:ship");
            saga("payment", SagaPropagation.REQUIRES_NEW).to("direct:charge").to("saga-command:desk/Note");
            steps();
        }
    }

    private static final class PaidAnotherWayBeforeThePivot extends Routes {

        @Override
        public void configure() {
            saga("order", SagaPropagation.REQUIRES_NEW)
                    .doTry()
                    .to("direct:payment")
                    .doCatch(Exception.class)
                    .to("saga-command:desk/SendInvoice")
                    .end()
                    .to("direct:sign")
                    .to("direct:ship");
            saga("payment", SagaPropagation.REQUIRES_NEW).to("direct:charge").to("saga-command:desk/Note");
            sign();
            steps();
        }
    }

    private static final class PaidBehindThePivot extends Routes {

        @Override
        public void configure() {
            saga("order", SagaPropagation.REQUIRES_NEW).to("direct:sign").to("direct:payment");
            saga("payment", SagaPropagation.REQUIRES_NEW).to("direct:charge").to("saga-command:desk/Note");
            sign();
            steps();
        }
    }

    private static final class ApologizingByLetter extends Routes {

        @Override
        public void configure() {
            saga("order", SagaPropagation.REQUIRES_NEW)
                    .to("direct:charge")
                    .to("direct:ship")
                    .to("saga-command:desk/Confirm");
            saga("apology", SagaPropagation.REQUIRES_NEW).to("direct:flowers").to("saga-command:desk/Apologize");
            saga("flowers", SagaPropagation.MANDATORY)
                    .compensation("direct:no-flowers")
                    .to("saga-command:shop/Flowers");
            from("direct:no-flowers").routeId("no-flowers").to("saga-command:shop/NoFlowers");
            steps();
            from("direct:nothing").routeId("nothing").log("nothing");
        }

        @Override
        void steps() {
            saga("charge", SagaPropagation.MANDATORY)
                    .compensation("direct:refund")
                    .to("saga-command:bank/Charge");
            saga("ship", SagaPropagation.MANDATORY)
                    .compensation("direct:nothing")
                    .to("saga-command:depot/Ship");
            from("direct:refund")
                    .routeId("refund")
                    .doTry()
                    .to("direct:apology")
                    .doCatch(Exception.class)
                    .to("saga-command:desk/SendLetter")
                    .end()
                    .to("saga-command:bank/Refund");
        }
    }

    private static final class Apologizing extends Routes {

        @Override
        public void configure() {
            saga("order", SagaPropagation.REQUIRES_NEW)
                    .to("direct:charge")
                    .to("direct:ship")
                    .to("saga-command:desk/Confirm");
            saga("apology", SagaPropagation.REQUIRES_NEW).to("saga-command:desk/Apologize");
            steps();
            from("direct:nothing").routeId("nothing").log("nothing");
        }

        @Override
        void steps() {
            saga("charge", SagaPropagation.MANDATORY)
                    .compensation("direct:refund")
                    .to("saga-command:bank/Charge");
            saga("ship", SagaPropagation.MANDATORY)
                    .compensation("direct:nothing")
                    .to("saga-command:depot/Ship");
            from("direct:refund").routeId("refund").to("direct:apology").to("saga-command:bank/Refund");
        }
    }

    @AfterEach
    void leavesNothingPending() {
        ring.assertNothingIsPending();
        ring.close();
    }

    private static Function<SagaCommand, Action> rejecting(String rejected) {
        return command -> command.command().equals(rejected) ? Action.IS_REJECTED : Action.SUCCEEDS;
    }

    private List<String> deeds() {
        return ring.cluster.participants.deeds().stream().map(Deed::command).toList();
    }

    private List<String> ends() {
        return ring.sagas().stream()
                .map(saga -> saga.name() + " " + saga.status())
                .sorted()
                .toList();
    }

    private SagaState order() {
        return ring.sagas().stream()
                .filter(saga -> saga.name().equals("order"))
                .findFirst()
                .orElseThrow();
    }

    /** Has the instance die after each of its acts; another one has to come to the same. */
    private void diesAnywhere(Supplier<Routes> routes, Function<SagaCommand, Action> participants) throws Exception {
        ring = ring(routes.get());
        ring.cluster.participants.actions(participants);
        ring.send("direct:order", Map.of("id", 1));
        ring.advance(Duration.ofHours(1));
        List<String> undisturbed = deeds();
        List<String> ends = ends();
        int acts = ring.member.instance.acts();
        assertThat(acts).isGreaterThan(10);
        for (int act = 0; act < acts; act++) {
            ring.assertNothingIsPending();
            ring.close();
            ring = ring(routes.get());
            ring.cluster.participants.actions(participants);
            ring.member.instance.dieAfter(act);
            ring.send("direct:order", Map.of("id", 1));
            while (ring.member.isAlive() && (ring.world.step() || ring.world.passTime())) {
                // until it dies
            }
            ring.world.run();
            SagaRing dead = ring;
            ring = dead.takenOver(routes.get());
            ring.advance(Duration.ofHours(1));
            assertThat(ends()).as("died after %d", act).isEqualTo(ends);
            assertThat(deeds()).as("died after %d", act).containsExactlyInAnyOrderElementsOf(undisturbed);
            dead.close();
        }
    }

    @Test
    void goesOnWithItsChildrenWhereverItDies() throws Exception {
        diesAnywhere(Paid::new, command -> Action.SUCCEEDS);

        assertThat(ends()).containsExactly("order COMPLETED", "payment COMPLETED", "payment COMPLETED");
        assertThat(deeds()).containsExactly("Charge", "Note", "Ship", "Charge", "Note");
    }

    @Test
    void goesTheSameWayAgainAfterAChildThatWasUndone() throws Exception {
        diesAnywhere(PaidAnotherWay::new, rejecting("Note"));

        assertThat(ends()).containsExactly("order COMPLETED", "payment COMPENSATED");
        assertThat(deeds()).containsExactly("Charge", "Refund", "SendInvoice", "Ship");
    }

    @Test
    void answersAnUndoneChildAsRecordedAlsoBehindThePivot() throws Exception {
        diesAnywhere(PaidAnotherWayBeforeThePivot::new, rejecting("Note"));

        assertThat(ends()).containsExactly("order COMPLETED", "payment COMPENSATED");
        assertThat(deeds()).containsExactly("Charge", "Refund", "SendInvoice", "Sign", "Ship");
    }

    @Test
    void answersAnUndoneChildOfACompensationAsRecorded() throws Exception {
        diesAnywhere(ApologizingByLetter::new, command -> switch (command.command()) {
            case "Confirm", "Apologize" -> Action.IS_REJECTED;
            default -> Action.SUCCEEDS;
        });

        assertThat(ends()).containsExactly("apology COMPENSATED", "order COMPENSATED");
        assertThat(deeds()).containsExactly("Charge", "Ship", "Flowers", "NoFlowers", "SendLetter", "Refund");
    }

    /** A child that fails behind the pivot, and for which the route fails, is begun anew until it ends well. */
    @Test
    void beginsAChildAnewForWhichItsRouteFailedBehindThePivot() throws Exception {
        ring = ring(new PaidBehindThePivot());
        ring.cluster.participants.actions(rejecting("Note"));
        ring.send("direct:order", Map.of("id", 1));
        ring.cluster.participants.actions(command -> Action.SUCCEEDS);
        ring.advance(Duration.ofHours(1));

        assertThat(ends()).containsExactly("order COMPLETED", "payment COMPENSATED", "payment COMPLETED");
        assertThat(deeds()).containsExactly("Sign", "Charge", "Refund", "Charge", "Note");
    }

    @Test
    void beginsTheSagaOfACompensationOnce() throws Exception {
        diesAnywhere(Apologizing::new, rejecting("Confirm"));

        assertThat(ends()).containsExactly("apology COMPLETED", "order COMPENSATED");
        assertThat(deeds()).containsExactly("Charge", "Ship", "Apologize", "Refund");
    }

    /** Its retention was too short: what became of the child is not known, and it may have taken effect. */
    @Test
    void beginsNoChildAgainThatTheLogHasForgotten() throws Exception {
        ring = ring(new Paid());
        ring.send("direct:order", Map.of("id", 1));
        SagaState order = order();
        Child ended = order.children().get(0);
        ring.close();
        SagaRing dead = ring(new Paid());
        SagaLog log = dead.cluster.log.of(dead.member.instance);
        log.append(new SagaLogEntry(order.sagaId(), 0, 0, dead.world.now(), order.start()));
        log.append(new SagaLogEntry(order.sagaId(), 1, 0, dead.world.now(), ended));
        dead.world.run();
        dead.member.kill();

        ring = dead.takenOver(new Paid());
        ring.advance(Duration.ofHours(1));
        dead.close();

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(ring.saga().reason()).contains("has ended, and the log has forgotten how: keep saga-logs longer");
        assertThat(ring.cluster.participants.received()).isEmpty();
    }

    @Test
    void saysWhoseChildASagaIs() throws Exception {
        ring = ring(new Paid());

        ring.send("direct:order", Map.of("id", 1));

        SagaState order = order();
        assertThat(order.children()).extracting(Child::name).containsExactly("payment", "payment");
        assertThat(order.children().get(0).ended()).isTrue();
        assertThat(ring.sagas())
                .filteredOn(saga -> saga.name().equals("payment"))
                .extracting(saga -> saga.start().parent(), SagaState::status)
                .containsExactly(
                        tuple(order.sagaId(), SagaStatus.COMPLETED), tuple(order.sagaId(), SagaStatus.COMPLETED));
    }
}
