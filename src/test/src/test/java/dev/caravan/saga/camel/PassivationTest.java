package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.test.SimulatedParticipants.Action;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaPropagation;
import org.apache.camel.spi.Policy;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two sagas wait, and only one exchange may: that of the first one is passivated. */
class PassivationTest {

    private final List<String> done = new ArrayList<>();
    private final List<SagaReply> held = new ArrayList<>();
    private SagaRing ring;

    private final class Routes extends RouteBuilder {

        @Override
        public void configure() {
            from("direct:order")
                    .routeId("order")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .timeout(Duration.ofMinutes(5))
                    .to("direct:reserve")
                    .process(note("between"))
                    .loop(2)
                    .to("direct:pay")
                    .end()
                    .process(note("behind"));
            from("direct:outer").routeId("outer").to("direct:order").process(note("outer"));
            from("direct:nesting").routeId("nesting").saga().to("direct:order").process(note("nesting"));
            from("direct:split")
                    .routeId("split")
                    .saga()
                    .split(simple("${body[items]}"))
                    .to("direct:pay")
                    .end()
                    .process(note("behind"));
            from("direct:finally")
                    .routeId("finally")
                    .onCompletion()
                    .process(note("completion"))
                    .end()
                    .saga()
                    .doTry()
                    .to("direct:pay")
                    .doFinally()
                    .process(note("finally"))
                    .end();
            from("direct:policy")
                    .routeId("policy")
                    .saga()
                    .policy(new FailsBehind())
                    .to("direct:pay");
            from("direct:two-commands").routeId("two-commands").saga().to("direct:pay-and-book");
            from("direct:pay-and-book")
                    .routeId("pay-and-book")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:undo-pay")
                    .to("saga-command:payment/Pay?timeout=30s")
                    .to("saga-command:payment/Book?timeout=30s");
            step("reserve", "stock/Reserve", "stock/Release", "");
            step("pay", "payment/Pay", "payment/Refund", "&attempts=2&retryDelay=1s");
        }

        private Processor note(String what) {
            return exchange -> done.add(what + " " + exchange.getIn().getHeader(SagaConstants.SAGA_KEY));
        }

        private void step(String name, String command, String compensation, String options) {
            from("direct:" + name)
                    .routeId(name)
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:undo-" + name)
                    .toV("saga-command:%s?timeout=30s%s".formatted(command, options), null, "reply");
            from("direct:undo-" + name).routeId("undo-" + name).to("saga-command:" + compensation);
        }
    }

    /** Its exchanges fail when their processors are done. */
    private static final class FailsBehind implements Policy {

        @Override
        public void beforeWrap(Route route, NamedNode definition) {}

        @Override
        public Processor wrap(Route route, Processor processor) {
            return new DelegateAsyncProcessor(processor) {
                @Override
                public boolean process(Exchange exchange, AsyncCallback callback) {
                    return super.process(exchange, doneSync -> {
                        exchange.setException(new IllegalStateException("no more paper"));
                        callback.done(doneSync);
                    });
                }
            };
        }
    }

    /** The first payment of each order is answered when the test says so. */
    @BeforeEach
    void twoOrdersWaitForTheirPayment() throws Exception {
        beginsWith(1);
    }

    private void beginsWith(int limit) throws Exception {
        ring = SagaRing.passivatingBeyond(limit, new Routes());
        ring.cluster.participants.replyTo(reply -> {
            if ("Pay".equals(reply.command()) && reply.step().occurrence() == 1) {
                held.add(reply);
            } else {
                deliver(reply);
            }
        });
    }

    @AfterEach
    void leavesNothingPending() {
        ring.assertNothingIsPending();
        ring.close();
    }

    private void deliver(SagaReply reply) {
        ring.world.as(ring.member.instance, () -> ring.member.host.deliver(reply));
    }

    private StartedSaga order(String key) {
        return start("direct:order", key);
    }

    private StartedSaga start(String route, String key) {
        List<StartedSaga> started = new ArrayList<>();
        ring.world.as(
                ring.member.instance,
                () -> started.add(
                        new SagaStarter(ring.context).start(route, Map.of("items", List.of("A", "B")), key, Map.of())));
        ring.world.run();
        return started.get(0);
    }

    /** How one command goes; all others succeed. */
    private void let(String name, Action action) {
        ring.cluster.participants.actions(command -> command.command().equals(name) ? action : Action.SUCCEEDS);
    }

    private void answerAll() {
        List<SagaReply> answers = List.copyOf(held);
        held.clear();
        for (SagaReply answer : answers) {
            deliver(answer);
            ring.world.run();
        }
    }

    private long inFlight() {
        return ring.context.getInflightRepository().size();
    }

    private SagaStatus statusOf(StartedSaga saga) {
        return ring.cluster.state(saga.accepted().join()).status();
    }

    private List<String> sentFor(StartedSaga saga) {
        return ring.cluster.participants.received().stream()
                .filter(command -> command.sagaId().equals(saga.accepted().join()))
                .map(SagaCommand::command)
                .toList();
    }

    private List<String> eventsOf(StartedSaga saga) {
        return ring.events(saga.accepted().join()).stream().map(SagaEvent::type).toList();
    }

    @Test
    void runsTheRouteOfThePassivatedExchangeAgainWhenItsReplyIsThere() {
        StartedSaga first = order("1");
        assertThat(inFlight()).isEqualTo(1);
        StartedSaga second = order("2");

        assertThat(inFlight()).as("exchanges").isEqualTo(1);
        assertThat(ring.member.host.size()).as("sagas").isEqualTo(2);
        assertThat(done).containsExactly("between 1", "between 2");

        answerAll();

        assertThat(first.ended()).isCompletedWithValueMatching(end -> end.status() == SagaStatus.COMPLETED);
        assertThat(second.ended()).isCompletedWithValueMatching(end -> end.status() == SagaStatus.COMPLETED);
        assertThat(sentFor(first)).as("no command again").containsExactly("Reserve", "Pay", "Pay");
        assertThat(eventsOf(first)).isEqualTo(eventsOf(second)).containsOnlyOnce("LIMIT");
        assertThat(done)
                .as("the exchange of the second was the older one when the first waited again")
                .containsExactly("between 1", "between 2", "between 1", "behind 1", "between 2", "behind 2");
    }

    @Test
    void undoesThePassivatedSagaWhenItsStepIsLate() {
        StartedSaga first = order("1");
        order("2");

        ring.advance(Duration.ofSeconds(31));

        assertThat(statusOf(first)).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(sentFor(first)).containsExactly("Reserve", "Pay", "Refund", "Release");
        assertThat(eventsOf(first)).containsOnlyOnce("STEP_TIMEOUT");
        assertThat(done).doesNotContain("behind 1");
    }

    @Test
    void givesTheNextCommandItsOwnTime() {
        let("Book", Action.IS_SILENT);
        StartedSaga first = start("direct:two-commands", "1");
        start("direct:two-commands", "2");
        ring.advance(Duration.ofSeconds(20));
        answerAll();

        ring.advance(Duration.ofSeconds(29));
        assertThat(statusOf(first)).isEqualTo(SagaStatus.EXECUTING);
        ring.advance(Duration.ofSeconds(1));
        assertThat(statusOf(first)).isEqualTo(SagaStatus.COMPENSATED);
    }

    @Test
    void undoesThePassivatedSagaWhenItsStepIsRejected() {
        let("Pay", Action.IS_REJECTED);
        StartedSaga first = order("1");
        order("2");

        answerAll();

        assertThat(statusOf(first)).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(sentFor(first)).containsExactly("Reserve", "Pay", "Release");
        assertThat(eventsOf(first)).containsOnlyOnce("STEP_REJECTED");
    }

    @Test
    void sendsAgainWhenTheOutcomeIsUnknown() {
        let("Pay", Action.IS_UNKNOWN_AND_NOT_DONE);
        StartedSaga first = order("1");
        order("2");

        answerAll();
        let("Pay", Action.SUCCEEDS);
        ring.advance(Duration.ofSeconds(2));
        answerAll();

        assertThat(statusOf(first)).isEqualTo(SagaStatus.COMPLETED);
        assertThat(sentFor(first)).containsExactly("Reserve", "Pay", "Pay", "Pay");
    }

    @Test
    void makesNoMoreAttemptsThanItMay() {
        let("Pay", Action.IS_UNKNOWN_AND_NOT_DONE);
        StartedSaga first = order("1");
        order("2");

        for (int i = 0; i < 3; i++) {
            answerAll();
            ring.advance(Duration.ofSeconds(2));
        }

        assertThat(statusOf(first)).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(sentFor(first)).containsExactly("Reserve", "Pay", "Pay", "Refund", "Release");
    }

    @Test
    void undoesThePassivatedSagaThatIsCancelled() {
        StartedSaga first = order("1");
        StartedSaga second = order("2");

        ring.world.as(
                ring.member.instance,
                () -> ring.member.service.cancel(
                        ring.member.host.live(first.accepted().join()).orElseThrow(),
                        new SagaEvent.Fail(null, "no longer wanted")));
        ring.world.run();
        answerAll();

        assertThat(statusOf(first)).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(statusOf(second)).isEqualTo(SagaStatus.COMPLETED);
        assertThat(sentFor(first)).containsExactly("Reserve", "Pay", "Refund", "Release");
        assertThat(done).containsOnlyOnce("between 1").doesNotContain("behind 1");
    }

    @Test
    void keepsAnExchangeThatSomebodyWaitsFor() {
        CompletableFuture<Exchange> first = ring.send("direct:order", Map.of());
        CompletableFuture<Exchange> second = ring.send("direct:order", Map.of());
        assertThat(inFlight()).isEqualTo(2);

        answerAll();

        assertThat(List.of(first, second)).allMatch(CompletableFuture::isDone);
        assertThat(ring.sagas()).extracting(SagaState::status).containsOnly(SagaStatus.COMPLETED);
    }

    @Test
    void keepsAnExchangeWhoseRouteGoesOnBehindTheSaga() {
        keepsBoth("direct:outer", "outer");
    }

    @Test
    void keepsAnExchangeOfTwoSagas() {
        keepsBoth("direct:nesting", "nesting");
    }

    @Test
    void keepsAnExchangeThatIsPartOfAnother() {
        keepsBoth("direct:split", "behind");
    }

    private void keepsBoth(String route, String last) {
        start(route, "1");
        start(route, "2");
        assertThat(done).noneMatch(note -> note.startsWith(last));

        answerAll();

        assertThat(done).filteredOn(note -> note.startsWith(last)).containsExactly(last + " 1", last + " 2");
        assertThat(ring.member.service.exchangesPassivated()).isZero();
    }

    @Test
    void keepsAnExchangeWhileFewWaitAtTheSameTime() throws Exception {
        ring.close();
        beginsWith(2);
        order("1");
        ring.cluster.participants.replyTo(this::deliver);
        order("2");
        assertThat(inFlight()).isEqualTo(1);

        answerAll();

        assertThat(done).containsOnlyOnce("between 1").contains("behind 1");
        assertThat(ring.member.service.exchangesPassivated()).isZero();
    }

    @Test
    void doesNotUndoASagaWhoseExchangeIsOver() {
        StartedSaga first = start("direct:policy", "1");
        start("direct:policy", "2");

        assertThat(statusOf(first)).isEqualTo(SagaStatus.EXECUTING);
        assertThat(ring.member.service.exchangesPassivated()).isOne();

        answerAll();

        assertThat(statusOf(first)).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(eventsOf(first)).containsOnlyOnce("FAIL");
    }

    @Test
    void runsDoFinallyOnceAndOnCompletionForEachExchange() {
        start("direct:finally", "1");
        start("direct:finally", "2");
        answerAll();

        assertThat(done)
                .containsExactlyInAnyOrder("finally 1", "finally 2", "completion 1", "completion 1", "completion 2");
    }
}
