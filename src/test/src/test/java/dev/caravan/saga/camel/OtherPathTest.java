package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.test.SimulatedParticipants.Action;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.model.SagaPropagation;
import org.apache.camel.model.language.ConstantExpression;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A route that is run again and takes another path than the log says. */
class OtherPathTest extends InEitherMode {

    private SagaRing ring;

    /** Steps that a saga may take, and the saga. */
    private static final class Routes extends RouteBuilder {

        private final Consumer<SagaDefinition> order;
        private String setting = "wait";
        private String pivot;

        private Routes(Consumer<SagaDefinition> order) {
            this.order = order;
        }

        @Override
        public void configure() {
            getContext().getPropertiesComponent().addInitialProperty("caravan.other-path", setting);
            order.accept(from("direct:order").routeId("order").saga().propagation(SagaPropagation.REQUIRES_NEW));
            for (String step : List.of("pay", "pay-by-invoice", "pack", "ship")) {
                var route = from("direct:" + step).routeId(step);
                if (step.equals(pivot)) {
                    route.routeProperty(SagaConstants.STEP_KIND, "pivot");
                }
                var block = route.saga().propagation(SagaPropagation.MANDATORY);
                if (!step.equals(pivot)) {
                    block.compensation("direct:undo-" + step);
                }
                block.to("saga-command:shop/do-" + step);
                from("direct:undo-" + step).routeId("undo-" + step).to("saga-command:shop/undo-" + step);
            }
        }
    }

    @AfterEach
    void close() {
        ring.close();
    }

    /** The saga comes to the command that nobody answers; then its instance dies, and one with these routes goes on. */
    private void crash(String silent, RouteBuilder before, RouteBuilder after) throws Exception {
        ring = ring(before);
        ring.cluster.participants.actions(
                command -> command.command().equals(silent) ? Action.IS_SILENT : Action.SUCCEEDS);
        ring.send("direct:order", Map.of("id", 1));
        ring.member.kill();
        ring.cluster.participants.actions(command -> Action.SUCCEEDS);
        SagaRing dead = ring;
        ring = dead.takenOver(after);
        ring.advance(Duration.ofSeconds(10));
        dead.close();
    }

    private List<String> sent(Phase phase) {
        return ring.cluster.participants.received().stream()
                .filter(command -> command.phase() == phase)
                .map(command -> command.step() + " " + command.command())
                .distinct()
                .toList();
    }

    private List<String> steps() {
        return ring.saga().steps().stream()
                .map(step -> step.step() + " " + step.status())
                .toList();
    }

    private static Routes undoing(Routes routes) {
        routes.setting = "undo";
        return routes;
    }

    private static Routes routes(String... steps) {
        return new Routes(order -> {
            for (String step : steps) {
                order.to("direct:" + step);
            }
        });
    }

    @Test
    void waitsForAPersonAndSaysWhatIsOtherwise() throws Exception {
        crash("do-ship", routes("pay", "ship", "pay-by-invoice"), routes("pay-by-invoice", "ship", "pay"));

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.EXECUTING);
        assertThat(ring.saga().reason()).isEqualTo("the log has PAY next, the route asked for PAY_BY_INVOICE");
        assertThat(ring.events(ring.saga().sagaId()))
                .filteredOn(SagaEvent.OtherPath.class::isInstance)
                .hasSize(1);
        assertThat(sent(Phase.ACTION)).containsExactly("PAY do-pay", "SHIP do-ship");
        assertThat(ring.context.getInflightRepository().size()).isZero();
    }

    @Test
    void goesOnWhenTheRouteIsTheOldOneAgain() throws Exception {
        crash("do-ship", routes("pay", "ship", "pay-by-invoice"), routes("pay-by-invoice", "ship", "pay"));
        ring.member.kill();
        SagaRing dead = ring;
        ring = dead.takenOver(routes("pay", "ship", "pay-by-invoice"));
        ring.advance(Duration.ofHours(1));
        dead.close();

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(ring.saga().reason()).isNull();
        assertThat(steps()).containsExactly("PAY SUCCEEDED", "SHIP SUCCEEDED", "PAY_BY_INVOICE SUCCEEDED");
        ring.assertNothingIsPending();
    }

    @Test
    void isUndoneWhereTheSettingSaysSo() throws Exception {
        crash("do-ship", routes("pay", "ship", "pay-by-invoice"), undoing(routes("pay-by-invoice", "ship", "pay")));

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(ring.saga().reason()).isEqualTo("the log has PAY next, the route asked for PAY_BY_INVOICE");
        assertThat(sent(Phase.ACTION)).containsExactly("PAY do-pay", "SHIP do-ship");
        assertThat(sent(Phase.COMPENSATION)).containsExactly("SHIP undo-ship", "PAY undo-pay");
        ring.assertNothingIsPending();
    }

    /** Nothing is undone behind a pivot, whatever the setting says. */
    @Test
    void waitsBehindItsPivotAlthoughTheSettingSaysUndo() throws Exception {
        crash(
                "do-ship",
                withPivot("pack", routes("pay", "pack", "ship", "pay-by-invoice")),
                withPivot("pack", undoing(routes("pay", "pack", "pay-by-invoice", "ship"))));

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.EXECUTING);
        assertThat(ring.saga().reason()).isEqualTo("the log has SHIP next, the route asked for PAY_BY_INVOICE");
        assertThat(sent(Phase.COMPENSATION)).isEmpty();
    }

    private static Routes withPivot(String step, Routes routes) {
        routes.pivot = step;
        return routes;
    }

    /** What the route catches is no way around it. */
    @Test
    void isUndoneAlthoughTheRouteCatchesWhatStopsIt() throws Exception {
        crash("do-ship", routes("pay", "ship", "pay-by-invoice"), undoing(new Routes(order -> order.doTry()
                .to("direct:pay-by-invoice")
                .doCatch(Exception.class)
                .log("no matter")
                .end()
                .filter(exchange -> false)
                .to("direct:pay", "direct:ship")
                .end())));

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(sent(Phase.COMPENSATION)).containsExactly("SHIP undo-ship", "PAY undo-pay");
        ring.assertNothingIsPending();
    }

    /** It catches what stops it, and then goes the way that the log has: nothing is begun any more. */
    @Test
    void isUndoneAlthoughTheRouteComesBackToItsWay() throws Exception {
        crash("do-ship", routes("pay", "ship", "pay-by-invoice"), undoing(new Routes(order -> order.doTry()
                .to("direct:pay-by-invoice")
                .doCatch(Exception.class)
                .log("no matter")
                .end()
                .to("direct:pay", "direct:ship"))));

        assertThat(ring.saga().reason()).isEqualTo("the log has PAY next, the route asked for PAY_BY_INVOICE");
        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(sent(Phase.ACTION)).containsExactly("PAY do-pay", "SHIP do-ship");
        ring.assertNothingIsPending();
    }

    /** It catches each refusal, and comes to a step behind all that the log has. */
    @Test
    void beginsNoStepOnceItHasLeftItsWay() throws Exception {
        crash("do-ship", routes("pay", "ship", "pay-by-invoice"), undoing(new Routes(order -> {
            for (String step : List.of("pay-by-invoice", "pay", "ship")) {
                order.doTry()
                        .to("direct:" + step)
                        .doCatch(Exception.class)
                        .log("no matter")
                        .end();
            }
            order.to("direct:pack");
        })));

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(steps()).containsExactly("PAY COMPENSATED", "SHIP COMPENSATED");
        ring.assertNothingIsPending();
    }

    @Test
    void takesNoStepForDoneThatTheRouteDidNotComeToAgain() throws Exception {
        Consumer<SagaDefinition> neither = order ->
                order.filter(exchange -> false).to("direct:pay", "direct:ship").end();
        crash("do-ship", routes("pay", "ship"), undoing(new Routes(neither)));

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(ring.saga().reason()).isEqualTo("the log has PAY next, the route came to its end");
    }

    @Test
    void aRouteMayGainAStepBeforeOneThatWasTaken() throws Exception {
        crash("do-ship", routes("pay", "ship"), routes("pack", "pay", "ship"));

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(steps()).containsExactly("PAY SUCCEEDED", "SHIP SUCCEEDED", "PACK SUCCEEDED");
        ring.assertNothingIsPending();
    }

    @Test
    void aRouteMayLoseAStepThatWasTaken() throws Exception {
        crash("do-ship", routes("pay", "pack", "ship"), routes("pay", "ship"));

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(steps()).containsExactly("PAY SUCCEEDED", "PACK SUCCEEDED", "SHIP SUCCEEDED");
        ring.assertNothingIsPending();
    }

    /** It is not known whether it was done: nobody asks any more. */
    @Test
    void aStepInDoubtThatIsNotInTheRouteAnyMoreIsUndone() throws Exception {
        crash("do-pack", routes("pay", "pack", "ship"), routes("pay", "ship"));

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(steps()).containsExactly("PAY SUCCEEDED", "PACK COMPENSATED", "SHIP SUCCEEDED");
        assertThat(sent(Phase.COMPENSATION)).containsExactly("PACK undo-pack");
        ring.assertNothingIsPending();
    }

    /** One step that sends these commands, one after another. */
    private static RouteBuilder sending(String... commands) {
        return new RouteBuilder() {
            @Override
            public void configure() {
                getContext().getPropertiesComponent().addInitialProperty("caravan.other-path", "wait");
                from("direct:order")
                        .routeId("order")
                        .saga()
                        .propagation(SagaPropagation.REQUIRES_NEW)
                        .to("direct:charge");
                SagaDefinition charge = from("direct:charge")
                        .routeId("charge")
                        .saga()
                        .propagation(SagaPropagation.MANDATORY)
                        .compensation("direct:undo");
                for (String command : commands) {
                    charge.to("saga-command:bank/" + command);
                }
                from("direct:undo").routeId("undo").to("saga-command:bank/UNDO");
            }
        };
    }

    private void assertWaits(String difference, String... sent) {
        assertThat(ring.saga().status()).isEqualTo(SagaStatus.EXECUTING);
        assertThat(ring.saga().reason()).isEqualTo(difference);
        assertThat(sent(Phase.ACTION)).containsExactly(sent);
        assertThat(ring.context.getInflightRepository().size()).isZero();
    }

    @Test
    void aBlockThatSendsAnotherCommandThanTheOneThatWasAnsweredIsFoundOut() throws Exception {
        crash("SHIP", sending("PAY", "SHIP"), sending("PAY_BY_INVOICE", "SHIP"));

        assertWaits(
                "the log has PAY next, the route asked for PAY_BY_INVOICE (step CHARGE)", "CHARGE PAY", "CHARGE SHIP");
    }

    /** Nobody knows whether it was done, and the log does not have it. */
    @Test
    void aBlockThatSendsAnotherCommandThanTheOneThatIsOnItsWayIsFoundOut() throws Exception {
        crash("PAY", sending("PAY"), sending("PAY_BY_INVOICE"));

        assertWaits("the log has PAY next, the route asked for PAY_BY_INVOICE (step CHARGE)", "CHARGE PAY");
    }

    @Test
    void aBlockThatSendsItsCommandsInAnotherOrderIsFoundOut() throws Exception {
        crash("SHIP", sending("PAY", "SHIP", "TELL"), sending("TELL", "PAY", "SHIP"));

        assertWaits("the log has PAY next, the route asked for TELL (step CHARGE)", "CHARGE PAY", "CHARGE SHIP");
    }

    @Test
    void aBlockMayGainACommand() throws Exception {
        crash("SHIP", sending("PAY", "SHIP"), sending("PACK", "PAY", "SHIP", "TELL"));

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(sent(Phase.ACTION)).containsExactly("CHARGE PAY", "CHARGE SHIP", "CHARGE PACK", "CHARGE TELL");
        ring.assertNothingIsPending();
    }

    @Test
    void aBlockMayLoseACommand() throws Exception {
        crash("SHIP", sending("PAY", "SHIP"), sending("SHIP"));

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(sent(Phase.ACTION)).containsExactly("CHARGE PAY", "CHARGE SHIP");
        ring.assertNothingIsPending();
    }

    /** What comes behind a command that was not answered was not sent. */
    @Test
    void aCommandThatWasNotComeToMayBeAnother() throws Exception {
        crash("PAY", sending("PAY", "SHIP"), sending("PAY", "SEND"));

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(sent(Phase.ACTION)).containsExactly("CHARGE PAY", "CHARGE SEND");
        ring.assertNothingIsPending();
    }

    /** One step that chooses at run time what it sends. */
    private static RouteBuilder choosing(String way, Choice choice) {
        return new RouteBuilder() {
            @Override
            public void configure() {
                getContext().getPropertiesComponent().addInitialProperty("caravan.other-path", "wait");
                from("direct:order")
                        .routeId("order")
                        .saga()
                        .propagation(SagaPropagation.REQUIRES_NEW)
                        .to("direct:charge");
                choice.into(
                        from("direct:charge")
                                .routeId("charge")
                                .saga()
                                .propagation(SagaPropagation.MANDATORY)
                                .compensation("direct:undo"),
                        exchange -> way);
                from("direct:undo").routeId("undo").to("saga-command:bank/UNDO");
            }
        };
    }

    private interface Choice {
        void into(SagaDefinition block, Function<Exchange, Object> way);
    }

    private static void choice(SagaDefinition block, Function<Exchange, Object> way) {
        block.choice()
                .when(exchange -> way.apply(exchange).equals("PAY"))
                .to("saga-command:bank/PAY")
                .when(exchange -> way.apply(exchange).equals("PAY_BY_INVOICE"))
                .to("saga-command:bank/PAY_BY_INVOICE")
                .end();
    }

    static Stream<Named<Choice>> choices() {
        return Stream.of(
                Named.of("choice", OtherPathTest::choice),
                Named.of("choice with a long time-out", (block, way) -> block.choice()
                        .when(exchange -> way.apply(exchange).equals("PAY"))
                        .to("saga-command:bank/PAY?timeout=48h")
                        .otherwise()
                        .to("saga-command:bank/PAY_BY_INVOICE?timeout=48h")
                        .end()),
                Named.of("toD", (block, way) -> block.setHeader("way")
                        .exchange(way::apply)
                        .toD("saga-command:bank/${header.way}")),
                Named.of("recipientList", (block, way) -> block.option(
                                SagaConstants.IDEMPOTENT, new ConstantExpression("true"))
                        .recipientList()
                        .exchange(exchange -> "saga-command:bank/" + way.apply(exchange))
                        .end()));
    }

    /** Nobody knows whether what it had chosen was done. */
    @ParameterizedTest
    @MethodSource("choices")
    void aBlockThatChoosesAnotherCommandThanTheOneThatIsOnItsWayIsFoundOut(Choice choice) throws Exception {
        crash("PAY", choosing("PAY", choice), choosing("PAY_BY_INVOICE", choice));

        assertWaits("the log has PAY next, the route asked for PAY_BY_INVOICE (step CHARGE)", "CHARGE PAY");
    }

    @ParameterizedTest
    @MethodSource("choices")
    void aBlockThatChoosesTheSameCommandGoesOn(Choice choice) throws Exception {
        crash("PAY", choosing("PAY", choice), choosing("PAY", choice));

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(sent(Phase.ACTION)).containsExactly("CHARGE PAY");
        ring.assertNothingIsPending();
    }

    @Test
    void aBlockThatChoosesNothingInsteadOfTheCommandThatIsOnItsWayIsFoundOut() throws Exception {
        crash("PAY", choosing("PAY", OtherPathTest::choice), choosing("NOTHING", OtherPathTest::choice));

        assertWaits("the log has PAY next, the route came to the end of step CHARGE", "CHARGE PAY");
    }

    /** Routes without ids: Camel numbers them. */
    private static final class Numbered extends RouteBuilder {

        private final boolean more;
        private final String[] steps;

        private Numbered(boolean more, String... steps) {
            this.more = more;
            this.steps = steps;
        }

        @Override
        public void configure() {
            if (more) {
                from("direct:returns")
                        .saga()
                        .propagation(SagaPropagation.REQUIRES_NEW)
                        .to("saga-command:bank/PayOut");
            }
            from("direct:order")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .to(steps);
            from("direct:step")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:undo")
                    .to("saga-command:bank/Charge");
            from("direct:undo").to("saga-command:bank/Refund");
        }
    }

    @Test
    void goesOnWithItsRouteWhoseNumberIsAnothersNow() throws Exception {
        String[] commands = {"saga-command:bank/Charge", "saga-command:depot/Ship"};
        crash("Ship", new Numbered(false, commands), new Numbered(true, commands));

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(sent(Phase.ACTION)).containsExactly("CHARGE Charge", "SHIP Ship");
        ring.assertNothingIsPending();
    }

    @Test
    void waitsForAPersonWhenTheNumbersOfItsStepsHaveMoved() throws Exception {
        String[] steps = {"direct:step", "saga-command:depot/Ship"};
        crash("Ship", new Numbered(false, steps), new Numbered(true, steps));

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.EXECUTING);
        assertThat(ring.saga().reason())
                .endsWith(
                        "from direct:order is not found again: ids that Camel makes have moved, those of its steps, too");
        assertThat(sent(Phase.ACTION)).hasSize(2);
    }
}
