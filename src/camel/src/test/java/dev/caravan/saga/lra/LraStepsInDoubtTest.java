package dev.caravan.saga.lra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.camel.StartedSaga;
import dev.caravan.saga.state.SagaState;
import dev.caravan.testing.HangLimit;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.model.SagaPropagation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A saga completes when nothing of it is in doubt, and its children are sagas of their own: mode {@code lra}. */
class LraStepsInDoubtTest {

    private static final SagaId ID = new SagaId("lra-1");
    private static final Step PAY = new Step("PAY", 1);

    private LraRing ring;

    private static final class Routes extends RouteBuilder {

        @Override
        public void configure() {
            saga("another-way")
                    .doTry()
                    .to("direct:pay")
                    .doCatch(Exception.class)
                    .to("direct:pay-elsewhere")
                    .end();
            saga("tapped").wireTap("direct:pay").to("direct:pay-elsewhere");
            saga("parent").to("direct:child").to("direct:pay");
            saga("child").to("direct:pay-elsewhere");
            saga("gives-up").to("direct:repay", "direct:reject");
            step("pay", "direct:undo").to("saga-command:bank/Charge?timeout=30s");
            step("pay-elsewhere", "direct:undo").to("saga-command:other/ChargeElsewhere");
            step("repay", "direct:undo-and-ask").to("saga-command:bank/Charge?timeout=30s");
            step("reject", "direct:undo").throwException(new IllegalStateException("no"));
            from("direct:undo").routeId("undo").to("saga-command:bank/Undo");
            from("direct:undo-and-ask")
                    .routeId("undo-and-ask")
                    .to("saga-command:bank/Undo")
                    .to("saga:compensate");
            from("direct:confirm").routeId("confirm").to("saga-command:bank/Confirm");
        }

        private SagaDefinition saga(String name) {
            return from("direct:" + name).routeId(name).saga().propagation(SagaPropagation.REQUIRES_NEW);
        }

        private SagaDefinition step(String name, String compensation) {
            return from("direct:" + name)
                    .routeId(name)
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation(compensation)
                    .completion("direct:confirm");
        }
    }

    @BeforeEach
    void startCamel() throws Exception {
        ring = new LraRing(new Routes());
        List.of("Charge", "ChargeElsewhere", "Undo", "Confirm")
                .forEach(command -> ring.participants.succeed(command, "{}"));
    }

    @AfterEach
    void leavesNothingPending() {
        ring.close();
    }

    private static StepStatus status(SagaState saga, Step step) {
        return saga.step(step).orElseThrow().status();
    }

    @Test
    void undoesAStepThatTheRouteWentAroundBeforeItCloses() throws Exception {
        ring.participants.silence("Charge");
        StartedSaga started = ring.start("direct:another-way");
        ring.awaitCommand("Charge");
        ring.timers.advance(Duration.ofSeconds(31));
        ring.awaitCommand("Undo");

        SagaState end = ring.endOf(started);

        assertThat(end.status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(status(end, PAY)).isEqualTo(StepStatus.COMPENSATED);
        assertThat(ring.participants.commands()).containsExactly("Charge", "ChargeElsewhere", "Undo", "Confirm");
        assertThat(ring.events(ID)).containsSubsequence("STEP_TIMEOUT", "STEP_UNDONE", "CLOSE", "COMPLETE");
    }

    @Test
    void waitsForAStepThatAWireTapTook() throws Exception {
        ring.participants.silence("Charge");
        StartedSaga started = ring.start("direct:tapped");
        ring.awaitCommand("Charge");
        ring.awaitCommand("ChargeElsewhere");
        await().until(() -> ring.events(ID).contains("SUCCESS"));
        ring.timers.advance(Duration.ofSeconds(29));
        assertThat(ring.coordinator.calls()).noneMatch(call -> call.endsWith("/close"));
        ring.timers.advance(Duration.ofSeconds(2));
        ring.awaitCommand("Undo");

        SagaState end = ring.endOf(started);

        assertThat(end.status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(status(end, PAY)).isEqualTo(StepStatus.COMPENSATED);
    }

    @Test
    void failsWithANameWhenAParticipantRefusesToCompleteItsStep() throws Exception {
        ring.participants.reject("Confirm", "NOT_DONE", "it was never charged");
        StartedSaga started = ring.start("direct:child");

        SagaState end = ring.endOf(started);

        assertThat(end.status()).isEqualTo(SagaStatus.FAILED);
        assertThat(end.problem())
                .contains("step PAY_ELSEWHERE could not be completed")
                .contains("never charged");
    }

    @Test
    void theStepAfterAChildIsTheParents() throws Exception {
        StartedSaga started = ring.start("direct:parent");

        SagaState end = ring.endOf(started);

        assertThat(end.status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(end.steps()).extracting(step -> step.step().name()).containsExactly("PAY");
    }

    @Test
    void aCompensationThatAsksForCompensationIsNotHeldUp() throws Exception {
        StartedSaga started = ring.start("direct:gives-up");

        SagaState end = started.ended().get(HangLimit.SECONDS, TimeUnit.SECONDS);

        assertThat(end.status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(ring.participants.commands()).containsExactly("Charge", "Undo", "Undo");
    }
}
