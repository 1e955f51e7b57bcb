package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;
import static org.awaitility.Awaitility.await;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.engine.SagaRequests;
import dev.caravan.saga.engine.StepRefusedException;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.participant.StepAtWorkException;
import dev.caravan.saga.participant.StepRejectedException;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepState;
import dev.caravan.saga.test.ManualTimers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaCompletionMode;
import org.apache.camel.model.SagaPropagation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A saga that several applications take part in, each by routes of its own, with nothing between them but the log. */
class JoinedSagaTest {

    private final InMemorySagaLog log = new InMemorySagaLog();
    private final ManualTimers timers = new ManualTimers();
    private final List<String> done = new CopyOnWriteArrayList<>();
    private final AtomicReference<CompletableFuture<Void>> goOn =
            new AtomicReference<>(CompletableFuture.completedFuture(null));
    private final AtomicInteger refundsThatFail = new AtomicInteger();
    private final AtomicInteger refundsThatComeTooEarly = new AtomicInteger();
    private final AtomicBoolean captureIsRefused = new AtomicBoolean();
    private final List<Application> applications = new ArrayList<>();
    private Application orders;
    private Application payments;
    private String saga;

    /** The application that starts the saga, and ends it when an event says so. */
    private final class Orders extends RouteBuilder {
        @Override
        public void configure() {
            from("direct:order")
                    .routeId("order-saga")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .completionMode(SagaCompletionMode.MANUAL)
                    .timeout(Duration.ofMinutes(1))
                    .to("direct:create-order");
            from("direct:create-order")
                    .routeId("create-order")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:cancel-order")
                    .process(exchange -> done.add("create"));
            from("direct:cancel-order").routeId("cancel-order").process(exchange -> done.add("cancel"));
            from("direct:all-done")
                    .routeId("all-done")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .to("saga:complete");
            from("direct:went-wrong")
                    .routeId("went-wrong")
                    .setProperty(SagaConstants.REASON, constant("card declined"))
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .to("saga:compensate");
        }
    }

    private final class Payments extends RouteBuilder {
        @Override
        public void configure() {
            from("direct:pay")
                    .routeId("payment-of-event")
                    .routeProperty(SagaConstants.STEP_NAME, "process-payment")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:refund")
                    .completion("direct:capture")
                    .option("amount", simple("${body}"))
                    .process(exchange -> done.add("pay " + exchange.getIn().getBody()))
                    .process(exchange -> goOn.get().join())
                    .filter(body().isEqualTo("nothing"))
                    .throwException(new IllegalArgumentException("not a cent"))
                    .end()
                    .transform(simple("paid ${body}"));
            from("direct:refund")
                    .routeId("refund")
                    .errorHandler(deadLetterChannel("log:dead"))
                    .process(exchange -> {
                        if (refundsThatComeTooEarly.getAndDecrement() > 0) {
                            throw tooEarly();
                        }
                        if (refundsThatFail.getAndDecrement() > 0) {
                            throw new IllegalStateException("the bank is away");
                        }
                        done.add("refund %s in %s"
                                .formatted(
                                        exchange.getIn().getHeader("amount"),
                                        exchange.getIn().getHeader(Exchange.SAGA_LONG_RUNNING_ACTION)));
                    });
            from("direct:stamp")
                    .routeId("stamp")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .option(SagaConstants.IDEMPOTENT, constant(true))
                    .process(exchange -> done.add("stamp"))
                    .process(exchange -> goOn.get().join());
            from("direct:points")
                    .routeId("points")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .process(exchange -> done.add("points"));
            from("direct:capture").routeId("capture").process(exchange -> {
                if (captureIsRefused.get()) {
                    throw new StepRejectedException("NOT_DONE", "it was never paid");
                }
                done.add("capture " + exchange.getIn().getHeader("amount"));
            });
        }
    }

    /** As an inbox says it that a compensation of the participant asks. */
    private StepAtWorkException tooEarly() {
        SagaCommand refund = new SagaCommand(
                new SagaId(saga), new Step("PROCESS_PAYMENT", 1), "bank", "Refund", null, Phase.COMPENSATION);
        return new StepAtWorkException(refund, "Charge", Instant.EPOCH);
    }

    @BeforeEach
    void start() throws Exception {
        orders = application("orders", true, new Orders());
        payments = application("payments", true, new Payments());
        StartedSaga started = new SagaStarter(orders.context).start("direct:order", "one", null, Map.of());
        saga = started.accepted().join().value();
        await().until(() -> done.contains("create"));
    }

    private Application application(String name, boolean owner, RouteBuilder routes) throws Exception {
        Application application = new Application(name, log, timers, owner, routes);
        applications.add(application);
        return application;
    }

    @AfterEach
    void close() {
        applications.forEach(Application::close);
    }

    private SagaState state() {
        SagaId id = new SagaId(saga);
        return SagaState.replay(id, log.read(id));
    }

    /** The instance that runs the saga dies, and the next one takes it over. */
    private void takeOver() throws Exception {
        int epoch = state().epoch();
        orders.close();
        orders = application("orders", true, new Orders());
        await().until(() -> state().epoch() > epoch);
    }

    private void awaitEnd(SagaStatus status) {
        await().until(() -> state().status() == status);
    }

    private List<String> events() {
        return log.read(new SagaId(saga)).stream()
                .map(SagaLogEntry::event)
                .map(SagaEvent::type)
                .toList();
    }

    private Exchange pay(Object amount) {
        return payments.event("direct:pay", saga, amount);
    }

    @Test
    void completesTheStepsOfAnotherApplication() {
        assertThat(pay(10).getException()).isNull();

        assertThat(orders.event("direct:all-done", saga, null).getException()).isNull();

        awaitEnd(SagaStatus.COMPLETED);
        assertThat(done).containsExactly("create", "pay 10", "capture 10");
        assertThat(state().steps())
                .extracting(step -> step.step().toString(), step -> step.enlistment()
                        .application())
                .containsExactly(tuple("CREATE_ORDER", null), tuple("PROCESS_PAYMENT", "payments"));
        assertThat(orders.host.size()).isZero();
    }

    @Test
    void takesABlockThatDeclaresNothingForAStep() {
        assertThat(payments.event("direct:points", saga, null).getException()).isNull();

        orders.event("direct:all-done", saga, null);

        awaitEnd(SagaStatus.COMPLETED);
        assertThat(state().steps())
                .extracting(step -> step.step().toString(), StepState::status)
                .containsExactly(tuple("CREATE_ORDER", StepStatus.SUCCEEDED), tuple("POINTS", StepStatus.SUCCEEDED));
    }

    @Test
    void compensatesTheStepsOfAllApplicationsInReverseOrder() {
        pay(10);

        assertThat(orders.event("direct:went-wrong", saga, null).getException()).isNull();

        awaitEnd(SagaStatus.COMPENSATED);
        assertThat(done).containsExactly("create", "pay 10", "refund 10 in " + saga, "cancel");
        assertThat(state().reason()).isEqualTo("card declined");
    }

    @Test
    void isUndoneWhenTheNextEventNeverComes() {
        pay(10);

        timers.advance(Duration.ofMinutes(1));

        awaitEnd(SagaStatus.COMPENSATED);
        assertThat(done).containsExactly("create", "pay 10", "refund 10 in " + saga, "cancel");
        assertThat(events()).contains("TIMEOUT");
    }

    @Test
    void takesAnEventThatComesAgainForTheSameStep() {
        pay(10);
        assertThat(pay(10).getException()).isNull();

        orders.event("direct:went-wrong", saga, null);

        awaitEnd(SagaStatus.COMPENSATED);
        assertThat(done).containsExactly("create", "pay 10", "pay 10", "refund 10 in " + saga, "cancel");
    }

    @Test
    void takesAnotherEventForAnotherStep() {
        pay(10);
        pay(20);

        orders.event("direct:went-wrong", saga, null);

        awaitEnd(SagaStatus.COMPENSATED);
        assertThat(done)
                .containsExactly(
                        "create", "pay 10", "pay 20", "refund 20 in " + saga, "refund 10 in " + saga, "cancel");
    }

    @Test
    void answersFromTheLogACallThatIsMadeAgainAfterACrash() throws Exception {
        Exchange first = payments.call("direct:pay", saga, 10);
        await().until(() -> events().contains("STEP_END"));
        takeOver();

        Exchange again = payments.call("direct:pay", saga, 10);

        assertThat(again.getException()).isNull();
        assertThat(again.getMessage().getBody())
                .isEqualTo(first.getMessage().getBody())
                .isEqualTo("paid 10");
        assertThat(done).containsExactly("create", "pay 10");
        orders.event("direct:all-done", saga, null);
        awaitEnd(SagaStatus.COMPLETED);
        assertThat(done).containsExactly("create", "pay 10", "capture 10");
    }

    @Test
    void takesASecondCallForAnotherStep() throws Exception {
        payments.call("direct:pay", saga, 10);
        payments.call("direct:pay", saga, 10);
        await().until(() ->
                state().steps().stream().filter(step -> step.left() != null).count() == 3);
        takeOver();

        payments.call("direct:pay", saga, 10);
        payments.call("direct:pay", saga, 10);

        orders.event("direct:went-wrong", saga, null);
        awaitEnd(SagaStatus.COMPENSATED);
        assertThat(done)
                .containsExactly(
                        "create", "pay 10", "pay 10", "refund 10 in " + saga, "refund 10 in " + saga, "cancel");
    }

    @Test
    void isUndoneWhenACallIsMadeAgainOfWhichNobodyKnowsHowItEnded() throws Exception {
        CompletableFuture<Void> never = new CompletableFuture<>();
        goOn.set(never);
        CompletableFuture<Exchange> first = CompletableFuture.supplyAsync(() -> payments.call("direct:pay", saga, 10));
        await().until(() -> done.contains("pay 10"));
        takeOver();

        Exchange again = payments.call("direct:pay", saga, 10);

        assertThat(again.getException())
                .isInstanceOf(StepRefusedException.class)
                .hasMessageContaining("is in doubt: it began before a crash");
        awaitEnd(SagaStatus.COMPENSATED);
        assertThat(done).containsExactly("create", "pay 10", "refund 10 in " + saga, "cancel");
        never.complete(null);
        first.join();
    }

    @Test
    void makesACallAgainThatMayBeMadeTwice() throws Exception {
        CompletableFuture<Void> never = new CompletableFuture<>();
        goOn.set(never);
        CompletableFuture<Exchange> first = CompletableFuture.supplyAsync(() -> payments.call("direct:stamp", saga, 1));
        await().until(() -> done.contains("stamp"));
        takeOver();
        goOn.set(CompletableFuture.completedFuture(null));

        assertThat(payments.call("direct:stamp", saga, 1).getException()).isNull();

        orders.event("direct:all-done", saga, null);
        awaitEnd(SagaStatus.COMPLETED);
        assertThat(done).containsExactly("create", "stamp", "stamp");
        never.complete(null);
        first.join();
    }

    @Test
    void undoesACallThatFailedAndThatItsSagaWentAround() {
        assertThat(payments.call("direct:pay", saga, "nothing").getException())
                .isInstanceOf(IllegalArgumentException.class);
        await().until(() -> events().contains("STEP_UNKNOWN"));

        orders.event("direct:all-done", saga, null);

        awaitEnd(SagaStatus.COMPLETED);
        assertThat(done).containsExactly("create", "pay nothing", "refund nothing in " + saga);
    }

    @Test
    void meetsAFailureOfACallAgainAfterACrash() throws Exception {
        payments.call("direct:pay", saga, "nothing");
        await().until(() -> events().contains("STEP_UNKNOWN"));
        takeOver();

        assertThat(payments.call("direct:pay", saga, "nothing").getException()).hasMessageContaining("not a cent");

        assertThat(done)
                .contains("pay nothing")
                .filteredOn("pay nothing"::equals)
                .hasSize(1);
    }

    @Test
    void refusesAnEventAfterTheEnd() {
        orders.event("direct:went-wrong", saga, null);
        awaitEnd(SagaStatus.COMPENSATED);

        assertThat(pay(10).getException())
                .isInstanceOf(StepRefusedException.class)
                .hasMessageContaining("it has ended, or is not known");
        assertThat(done).containsExactly("create", "cancel");
        assertThat(orders.event("direct:all-done", saga, null).getException()).isNull();
        assertThat(state().status()).isEqualTo(SagaStatus.COMPENSATED);
    }

    @Test
    void refusesAnEventOfASagaThatNeverWas() {
        assertThat(payments.event("direct:pay", "no-such-saga", 10).getException())
                .isInstanceOf(StepRefusedException.class);
        assertThat(done).containsExactly("create");
    }

    @Test
    void ignoresADecisionThatComesSecond() {
        orders.event("direct:went-wrong", saga, null);

        assertThat(orders.event("direct:all-done", saga, null).getException()).isNull();

        awaitEnd(SagaStatus.COMPENSATED);
    }

    @Test
    void triesACompensationElsewhereAgain() {
        refundsThatFail.set(1);
        pay(10);
        orders.event("direct:went-wrong", saga, null);
        await().until(() -> events().contains("COMPENSATE_RETRY"));

        await().until(() -> {
            timers.advance(Duration.ofSeconds(1));
            return state().status() == SagaStatus.COMPENSATED;
        });
        assertThat(done).containsExactly("create", "pay 10", "refund 10 in " + saga, "cancel");
    }

    @Test
    void countsNoAttemptOfACompensationElsewhereThatHasToWaitForItsAction() {
        refundsThatComeTooEarly.set(10);
        refundsThatFail.set(1);
        pay(10);
        orders.event("direct:went-wrong", saga, null);

        await().until(() -> {
            timers.advance(Duration.ofSeconds(1));
            return state().status().isTerminal();
        });
        assertThat(state().status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(done).containsExactly("create", "pay 10", "refund 10 in " + saga, "cancel");
    }

    /** As a participant does that never did the step, however often it is asked. */
    @Test
    void failsWhenACompletionElsewhereIsRefused() {
        captureIsRefused.set(true);
        pay(10);
        orders.event("direct:all-done", saga, null);

        await().until(() -> {
            timers.advance(Duration.ofSeconds(1));
            return state().status().isTerminal();
        });
        assertThat(state().status()).isEqualTo(SagaStatus.FAILED);
        assertThat(state().problem()).contains("PROCESS_PAYMENT").contains("it was never paid");
    }

    @Test
    void failsWhenACompensationElsewhereIsGivenUp() {
        refundsThatFail.set(1000);
        pay(10);
        orders.event("direct:went-wrong", saga, null);

        await().until(() -> {
            timers.advance(Duration.ofSeconds(1));
            return state().status() == SagaStatus.FAILED;
        });
        assertThat(done).containsExactly("create", "pay 10", "cancel");
        assertThat(state().problem()).contains("PROCESS_PAYMENT").contains("the bank is away");
        assertThat(state().step(new Step("PROCESS_PAYMENT", 1)).flatMap(StepState::code))
                .contains("java.lang.IllegalStateException");

        refundsThatFail.set(0);
        orders.operator.retry(new SagaId(saga), "ann", "the bank is back").join();
        awaitEnd(SagaStatus.COMPENSATED);
        assertThat(done).containsExactly("create", "pay 10", "cancel", "refund 10 in " + saga);
    }

    @Test
    void waitsForAnApplicationThatIsDown() throws Exception {
        pay(10);
        payments.close();
        orders.event("direct:went-wrong", saga, null);
        await().until(() -> events().contains("CALL"));

        application("payments", true, new Payments());
        // it reads the log again from the beginning, as the next owner of the partition
        awaitEnd(SagaStatus.COMPENSATED);
        assertThat(done).containsExactly("create", "pay 10", "refund 10 in " + saga, "cancel");
    }

    @Test
    void askedOfAnotherInstanceTheOneThatRunsTheSagaActs() throws Exception {
        Application second = application("orders", false, new Orders());
        pay(10);

        assertThat(second.event("direct:went-wrong", saga, null).getException()).isNull();

        awaitEnd(SagaStatus.COMPENSATED);
        assertThat(state().reason()).isEqualTo("card declined");
    }

    @Test
    void anOperatorMayAskAnyInstance() throws Exception {
        Application second = application("orders", false, new Orders());
        refundsThatFail.set(2);
        pay(10);
        second.operator.cancel(new SagaId(saga), "ann", "wrong order").join();
        await().until(() -> {
            timers.advance(Duration.ofSeconds(1));
            return state().status() == SagaStatus.FAILED;
        });
        assertThat(state().steps()).extracting(StepState::status).contains(StepStatus.COMPENSATION_FAILED);

        second.operator.retry(new SagaId(saga), "ann", "the bank is back").join();

        awaitEnd(SagaStatus.COMPENSATED);
        assertThat(events()).contains("RETRY");
    }

    @Test
    void believesNobodyElseThatAStepWasUndone() {
        refundsThatFail.set(1000);
        pay(10);
        orders.event("direct:went-wrong", saga, null);
        await().until(() -> events().contains("COMPENSATE_RETRY"));

        try (SagaRequests others = new SagaRequests(log, timers, Runnable::run, "shipping")) {
            others.ask(new SagaId(saga), new SagaEvent.CompensateSuccess(new Step("PROCESS_PAYMENT", 1)))
                    .join();
        }

        await().until(() -> events().contains("REFUSE"));
        assertThat(events()).doesNotContain("COMPENSATE_SUCCESS");
        assertThat(state().status()).isEqualTo(SagaStatus.COMPENSATING);
    }

    @Test
    void saysWhenNobodyAnswers() throws Exception {
        orders.close();

        CompletableFuture<Exchange> paid = CompletableFuture.supplyAsync(() -> pay(10));
        await().until(() -> events().contains("REQUEST"));
        timers.advance(Application.PATIENCE);

        assertThat(paid.join().getException()).hasMessageContaining("does the application that started it run?");
        assertThat(done).containsExactly("create");
    }
}
