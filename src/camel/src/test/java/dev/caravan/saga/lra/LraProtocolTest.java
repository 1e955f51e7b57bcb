package dev.caravan.saga.lra;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.camel.SagaConstants;
import dev.caravan.saga.camel.StartedSaga;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.lra.CallbackToken.Verb;
import dev.caravan.saga.lra.FakeLraCoordinator.Fault;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import dev.caravan.testing.HangLimit;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaPropagation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the network, the coordinator and others do to a saga in mode lra, and what becomes of it. */
class LraProtocolTest {

    private static final SagaId ID = new SagaId("lra-1");

    static class Limits extends RouteBuilder {
        @Override
        public void configure() {
            from("direct:limited-saga")
                    .routeId("limited-saga")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .timeout(Duration.ofSeconds(20))
                    .to("direct:quick-step")
                    .to("direct:process-payment");
            from("direct:only-command")
                    .routeId("only-command")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .to("saga-command:inventory-service/ReserveStock?timeout=30s");
            from("direct:quick-step")
                    .routeId("quick-step")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .timeout(Duration.ofSeconds(5))
                    .compensation("direct:release-stock")
                    .to("saga-command:inventory-service/ReserveStock?timeout=30s");
        }
    }

    static class Excuses extends RouteBuilder {
        @Override
        public void configure() {
            from("direct:excuses")
                    .routeId("excuses")
                    .onException(IllegalStateException.class)
                    .handled(true)
                    .setBody(constant("sorry"))
                    .end()
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .to("direct:reserve-stock")
                    .throwException(new IllegalStateException("No reason"))
                    .to("direct:process-payment");
        }
    }

    static class PlainBlocks extends RouteBuilder {
        @Override
        public void configure() {
            from("direct:plain-blocks")
                    .routeId("plain-blocks")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .to("direct:quick-look")
                    .to("saga-command:inventory-service/ConfirmStock")
                    .to("direct:process-payment");
            from("direct:quick-look")
                    .routeId("quick-look")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .to("saga-command:inventory-service/ReserveStock");
        }
    }

    @Test
    void takesEveryBlockForAStepAndSendsNoCommandInTheNameOfAnother() throws Exception {
        try (LraRing ring = new LraRing(new PlainBlocks())) {
            SagaState end = ring.endOf(ring.start("direct:plain-blocks"));

            assertThat(end.status()).isEqualTo(SagaStatus.COMPLETED);
            assertThat(end.steps())
                    .extracting(step -> step.step() + " " + step.results().keySet())
                    .containsExactly(
                            "QUICK_LOOK [ReserveStock]",
                            "CONFIRM_STOCK [ConfirmStock]",
                            "PROCESS_PAYMENT [ProcessPayment]");
        }
    }

    static class DeadLetters extends RouteBuilder {
        @Override
        public void configure() {
            errorHandler(deadLetterChannel("log:dead"));
            from("direct:dead-letters")
                    .routeId("dead-letters")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .to("direct:step-with-dead-letters")
                    .throwException(new IllegalStateException("No reason"));
            from("direct:step-with-dead-letters")
                    .routeId("step-with-dead-letters")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:undo-with-dead-letters")
                    .to("saga-command:inventory-service/ReserveStock");
            from("direct:undo-with-dead-letters")
                    .routeId("undo-with-dead-letters")
                    .throwException(new IllegalStateException("The database is away"));
        }
    }

    @Test
    void isNotUndoneByACompensationWhoseFailureADeadLetterChannelTook() throws Exception {
        try (LraRing ring = new LraRing(new DeadLetters())) {
            SagaState end = ring.endOf(ring.start("direct:dead-letters"));

            assertThat(end.status()).isEqualTo(SagaStatus.FAILED);
            assertThat(end.problem()).contains("STEP_WITH_DEAD_LETTERS", "The database is away");
            assertThat(end.steps().get(0).attempts()).isEqualTo(3);
        }
    }

    static Stream<Set<Fault>> faults() {
        List<Fault> endings =
                List.of(Fault.REPEATS, Fault.REORDERS, Fault.DELAYS, Fault.DROPS_THE_END, Fault.FORGETS_TO_TELL);
        return IntStream.range(0, 1 << endings.size()).mapToObj(bits -> IntStream.range(0, endings.size())
                .filter(bit -> (bits & 1 << bit) != 0)
                .mapToObj(endings::get)
                .collect(Collectors.toSet()));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void completesOnceWhateverTheCoordinatorDoesWrong(Set<Fault> faults) throws Exception {
        try (LraRing ring = new LraRing()) {
            ring.coordinator.misbehave(faults.toArray(Fault[]::new));

            SagaState end = ring.endOf(ring.start("direct:order-saga"));

            assertThat(end.status()).isEqualTo(SagaStatus.COMPLETED);
            assertThat(ring.participants.commands()).containsExactly("ReserveStock", "ProcessPayment", "ConfirmStock");
        }
    }

    @ParameterizedTest
    @MethodSource("faults")
    void compensatesOnceAndInOrderWhateverTheCoordinatorDoesWrong(Set<Fault> faults) throws Exception {
        try (LraRing ring = new LraRing()) {
            ring.coordinator.misbehave(faults.toArray(Fault[]::new));
            ring.participants.leaveUnknown("ProcessPayment", "Connection reset");

            SagaState end = ring.endOf(ring.start("direct:order-saga"));

            assertThat(end.status()).isEqualTo(SagaStatus.COMPENSATED);
            assertThat(ring.participants.commands())
                    .containsExactly("ReserveStock", "ProcessPayment", "RefundPayment", "ReleaseStock");
        }
    }

    @Test
    void compensatesWhenTheRouteBrokeOffThoughItHandledTheException() throws Exception {
        try (LraRing ring = new LraRing(new Excuses())) {
            Exchange exchange = ring.send("direct:excuses", null);

            assertThat(exchange.getException()).isNull();
            assertThat(exchange.getMessage().getBody()).isEqualTo("sorry");
            assertThat(exchange.getProperty(SagaConstants.SAGA_STATUS)).isEqualTo("COMPENSATED");
            assertThat(ring.participants.commands()).containsExactly("ReserveStock", "ReleaseStock");
        }
    }

    @Test
    void tellsTheExchangeHowTheSagaEnded() throws Exception {
        try (LraRing ring = new LraRing()) {
            assertThat(ring.send("direct:order-saga", null).getProperty(SagaConstants.SAGA_STATUS))
                    .isEqualTo("COMPLETED");

            ring.participants.reject("ProcessPayment", "CARD_DECLINED", "Card declined");

            assertThat(ring.send("direct:order-saga", null).getProperty(SagaConstants.SAGA_STATUS))
                    .isEqualTo("COMPENSATED");
        }
    }

    @Test
    void sendsNoCommandForAStepThatMayNotHaveJoined() throws Exception {
        try (LraRing ring = new LraRing()) {
            ring.coordinator.misbehave(Fault.DROPS_A_JOIN);

            SagaState end = ring.endOf(ring.start("direct:order-saga"));

            assertThat(end.status()).isEqualTo(SagaStatus.COMPENSATED);
            assertThat(end.reason()).contains("cannot join LRA " + ring.coordinator.url() + "/lra-1");
            assertThat(ring.participants.commands()).doesNotContain("ReserveStock", "ProcessPayment");
        }
    }

    @Test
    void startsNoSagaWhenItDoesNotKnowItsId() throws Exception {
        try (LraRing ring = new LraRing()) {
            ring.coordinator.misbehave(Fault.DROPS_THE_START);

            StartedSaga started = ring.start("direct:order-saga");

            assertThat(started.accepted())
                    .failsWithin(HangLimit.TIME)
                    .withThrowableThat()
                    .withMessageContaining("cannot start an LRA");
            assertThat(ring.participants.sent()).isEmpty();
        }
    }

    @Test
    void sendsTheTimeLimitAtTheStartAndNoneThatWouldExtendIt() throws Exception {
        try (LraRing ring = new LraRing(new Limits())) {
            SagaState end = ring.endOf(ring.start("direct:limited-saga"));

            assertThat(end.status()).isEqualTo(SagaStatus.COMPLETED);
            assertThat(ring.coordinator.queries("lra-1"))
                    .containsExactly("ClientID=orders&TimeLimit=20000", "null", "null");
            assertThat(ring.coordinator.calls()).noneMatch(call -> call.contains("renew"));
            assertThat(ring.events(ID)).startsWith("START", "LIMIT", "LIMIT", "ENLIST");
        }
    }

    @Test
    void undoesASagaAtTheEarliestOfItsLimits() throws Exception {
        try (LraRing ring = new LraRing(new Limits())) {
            ring.participants.silence("ProcessPayment");
            StartedSaga started = ring.start("direct:limited-saga");
            ring.awaitCommand("ProcessPayment");

            ring.timers.advance(Duration.ofSeconds(5));

            assertThat(ring.endOf(started).status()).isEqualTo(SagaStatus.COMPENSATED);
            assertThat(ring.host.read(ID).reason()).startsWith("The saga did not end before 2026-01-01T00:00:05Z");
        }
    }

    static class PastThePivot extends RouteBuilder {
        @Override
        public void configure() {
            from("direct:pivot-saga")
                    .routeId("pivot-saga")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .to("direct:pay")
                    .to("direct:process-payment");
            from("direct:pay")
                    .routeId("pay")
                    .routeProperty(SagaConstants.STEP_KIND, "pivot")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .timeout(Duration.ofSeconds(5))
                    .compensation("direct:release-stock")
                    .to("saga-command:inventory-service/ReserveStock?timeout=30s");
        }
    }

    @Test
    void isNotUndoneByTheDeadlineOfAStepAfterThePivot() throws Exception {
        try (LraRing ring = new LraRing(new PastThePivot())) {
            ring.participants.silence("ProcessPayment");
            StartedSaga started = ring.start("direct:pivot-saga");
            ring.awaitCommand("ProcessPayment");

            ring.timers.advance(Duration.ofSeconds(6));
            ring.host.deliver(SagaReply.success(ring.participants.last("ProcessPayment"), null));

            assertThat(ring.endOf(started).status()).isEqualTo(SagaStatus.COMPLETED);
            assertThat(cancels(ring)).isZero();
        }
    }

    @Test
    void tellsTheCoordinatorWhenAStepIsDoneThatItWasToldToWaitFor() throws Exception {
        try (LraRing ring = new LraRing()) {
            ring.participants.silence("ReleaseStock");
            ring.participants.reject("ProcessPayment", "CARD_DECLINED", "The card was declined");
            StartedSaga started = ring.start("direct:order-saga");
            ring.awaitCommand("ReleaseStock");
            await().until(() -> ring.timers.size() >= 2);
            ring.timers.advance(Duration.ofSeconds(1));
            await().until(() -> ring.coordinator.answers().contains("202 Compensating"));
            long before = cancels(ring);

            ring.host.deliver(SagaReply.success(ring.participants.last("ReleaseStock"), null));

            await().until(() -> cancels(ring) == before + 1);
            assertThat(ring.endOf(started).status()).isEqualTo(SagaStatus.COMPENSATED);
        }
    }

    private static final CountDownLatch LONG_WORK = new CountDownLatch(1);

    static class LongWork extends RouteBuilder {
        @Override
        public void configure() {
            from("direct:long-work")
                    .routeId("long-work")
                    .threads()
                    .process(exchange -> LONG_WORK.await(HangLimit.SECONDS, TimeUnit.SECONDS));
        }
    }

    /** The saga runs in another application: this one has only enlisted a step in it. */
    @Test
    void tellsTheCoordinatorWhenAStepInTheSagaOfAnotherApplicationIsDone() throws Exception {
        try (LraRing ring = new LraRing(new LongWork())) {
            String lra = ring.coordinator.started();
            Step step = new Step("PACK", 1);
            List<SagaEvent> events = List.of(
                    new SagaEvent.Start("trip", lra, null, null, Map.of(), "trips"),
                    new SagaEvent.Enlist(
                            step, "direct:long-work", null, Map.of(), null, "orders", "r-1", null, null, null, null));
            for (int sequence = 0; sequence < events.size(); sequence++) {
                ring.log.append(new SagaLogEntry(ID, sequence, 0, Instant.EPOCH, events.get(sequence)));
            }
            String token = new CallbackToken("a secret of this test".getBytes(UTF_8)).write(Verb.COMPENSATE, ID, step);

            CompletableFuture<LraCallbacks.Answer> answer =
                    ring.service.callbacks().compensate(token);
            await().until(() -> ring.timers.size() > 0);
            ring.timers.advance(Duration.ofSeconds(1));
            assertThat(answer.get(HangLimit.SECONDS, TimeUnit.SECONDS).status()).isEqualTo(202);
            assertThat(cancels(ring)).isZero();

            LONG_WORK.countDown();

            await().until(() -> cancels(ring) == 1);
            assertThat(ring.log.read(ID))
                    .extracting(SagaLogEntry::event)
                    .filteredOn(SagaEvent.Request.class::isInstance)
                    .extracting(request -> ((SagaEvent.Request) request).event())
                    .as("the owner is told in the log")
                    .containsExactly(new SagaEvent.CompensateSuccess(step));
        }
    }

    private static long cancels(LraRing ring) {
        return ring.coordinator.calls().stream()
                .filter("PUT /lra-1/cancel"::equals)
                .count();
    }

    @Test
    void learnsFromTheCoordinatorThatSomebodyElseClosedTheLra() throws Exception {
        try (LraRing ring = new LraRing()) {
            ring.participants.silence("ProcessPayment");
            StartedSaga started = ring.start("direct:order-saga");
            ring.awaitCommand("ProcessPayment");

            ring.coordinator.close("lra-1");

            assertThat(started.ended().get(HangLimit.SECONDS, TimeUnit.SECONDS).status())
                    .isEqualTo(SagaStatus.COMPLETED);
            assertThat(ring.participants.commands()).contains("ConfirmStock").doesNotContain("ReleaseStock");
        }
    }

    @Test
    void saysThatASagaFailedWhenAParticipantOfAnotherApplicationDid() throws Exception {
        try (LraRing ring = new LraRing()) {
            ring.participants.silence("ProcessPayment");
            StartedSaga started = ring.start("direct:order-saga");
            ring.awaitCommand("ProcessPayment");
            LiveSaga saga = ring.host.live(ID).orElseThrow();
            String token = ring.coordinator.token("lra-1", 0, "after");

            CompletableFuture<LraCallbacks.Answer> answer =
                    ring.service.callbacks().after(token, "FailedToCancel");

            assertThat(answer.get(HangLimit.SECONDS, TimeUnit.SECONDS).status()).isEqualTo(200);
            assertThat(saga.state().status()).isEqualTo(SagaStatus.FAILED);
            assertThat(started.ended().get(HangLimit.SECONDS, TimeUnit.SECONDS).problem())
                    .contains("has failed: a participant of another application");
        }
    }

    @Test
    void refusesAnEndThatIsForgedOrNone() throws Exception {
        try (LraRing ring = new LraRing()) {
            ring.participants.silence("ProcessPayment");
            StartedSaga started = ring.start("direct:order-saga");
            ring.awaitCommand("ProcessPayment");
            String token = ring.coordinator.token("lra-1", 0, "after");

            assertThat(ring.service.callbacks().after("forged", "Closed").join().status())
                    .isEqualTo(403);
            for (String none : new String[] {null, "", "Active", "Cancelling", "Gone", "closed"}) {
                assertThat(ring.service.callbacks().after(token, none).join().status())
                        .isEqualTo(400);
            }
            assertThat(ring.host.read(ID).status()).isEqualTo(SagaStatus.EXECUTING);
            ring.host.deliver(SagaReply.success(ring.participants.last("ProcessPayment"), null));
            assertThat(ring.endOf(started).status()).isEqualTo(SagaStatus.COMPLETED);
        }
    }

    @Test
    void joinsAnLraThatWasStartedElsewhereAndIsCompletedWithIt() throws Exception {
        try (LraRing ring = new LraRing()) {
            String lra = ring.coordinator.started();

            Exchange exchange = ring.send("direct:reserve-stock", lra);
            ring.send("direct:process-payment", lra);

            assertThat(exchange.getException()).isNull();
            assertThat(ring.host.size()).isEqualTo(1);
            ring.coordinator.close("lra-1");
            await().until(() -> ring.host.size() == 0);
            assertThat(ring.participants.commands()).containsExactly("ReserveStock", "ProcessPayment", "ConfirmStock");
        }
    }

    @Test
    void joinsAnLraThatWasStartedElsewhereAndIsCompensatedWithIt() throws Exception {
        try (LraRing ring = new LraRing()) {
            String lra = ring.coordinator.started();
            ring.send("direct:reserve-stock", lra);
            ring.send("direct:process-payment", lra);

            ring.coordinator.cancel("lra-1");

            await().until(() -> ring.host.size() == 0);
            assertThat(ring.participants.commands())
                    .containsExactly("ReserveStock", "ProcessPayment", "RefundPayment", "ReleaseStock");
        }
    }

    @Test
    void sendsACommandInAnLraThatWasStartedElsewhereAndHearsOfItsEnd() throws Exception {
        try (LraRing ring = new LraRing(new Limits())) {
            String lra = ring.coordinator.started();

            Exchange exchange = ring.send("direct:only-command", lra);

            assertThat(exchange.getException()).isNull();
            assertThat(ring.participants.commands()).containsExactly("ReserveStock");
            ring.coordinator.close("lra-1");
            await().until(() -> {
                ring.timers.advance(LraRing.RETRY);
                return ring.host.size() == 0;
            });
        }
    }

    @Test
    void joinsNoLraThatIsEnding() throws Exception {
        try (LraRing ring = new LraRing()) {
            String lra = ring.coordinator.started();
            ring.coordinator.cancel("lra-1");

            Exchange exchange = ring.send("direct:reserve-stock", lra);

            assertThat(exchange.getException()).hasMessageMatching("Cannot begin: LRA .*/lra-1 is Cancel(ling|led)");
            assertThat(ring.participants.sent()).isEmpty();
        }
    }

    @Test
    void failsFastAndAsksRarelyWhileNobodyAnswers() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                LraRing ring = new LraRing(() -> URI.create("http://127.0.0.1:" + silent.getLocalPort()))) {
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() ->
                                ring.start("direct:order-saga").accepted().get(HangLimit.SECONDS, TimeUnit.SECONDS))
                        .hasMessageContaining("cannot start an LRA: ");
            }
            for (int i = 0; i < 100; i++) {
                assertThatThrownBy(() ->
                                ring.start("direct:order-saga").accepted().get(HangLimit.SECONDS, TimeUnit.SECONDS))
                        .isInstanceOf(ExecutionException.class)
                        .hasMessageContaining("it does not answer, and is asked again in 3000 ms at the earliest");
            }

            ring.timers.advance(LraRing.RETRY);
            assertThatThrownBy(
                            () -> ring.start("direct:order-saga").accepted().get(HangLimit.SECONDS, TimeUnit.SECONDS))
                    .hasMessageContaining("cannot start an LRA: ")
                    .hasMessageNotContaining("asked again");
        }
    }

    @Test
    void asksTheCoordinatorNothingWhenTheApplicationHasStopped() throws Exception {
        try (LraRing ring = new LraRing()) {
            ring.service.shutdown();

            assertThatThrownBy(
                            () -> ring.start("direct:order-saga").accepted().get(HangLimit.SECONDS, TimeUnit.SECONDS))
                    .hasMessageContaining("this application stops");
            assertThat(ring.coordinator.calls()).isEmpty();
        }
    }
}
