package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.engine.SagaThreads;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.participant.StepRejectedException;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.test.FakeParticipants;
import dev.caravan.saga.test.ManualTimers;
import dev.caravan.saga.test.TestEngine;
import dev.caravan.testing.HangLimit;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.PluginHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The component as a producer, in a route, with the log and the participants in memory. */
class SagaCommandProducerTest {

    private static final SagaId ID = new SagaId("order-1");
    private static final Step PAY = new Step("PROCESS_PAYMENT", 1);
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final InMemorySagaLog log = new InMemorySagaLog();
    private final ManualTimers timers = new ManualTimers();
    private final FakeParticipants participants = new FakeParticipants();
    private final ExecutorService executor = Executors.newFixedThreadPool(4);
    private DefaultCamelContext context;
    private ProducerTemplate template;
    private SagaHost host;

    @BeforeEach
    void startCamel() throws Exception {
        start();
    }

    private void start() throws Exception {
        host = TestEngine.on(log, timers)
                .commands(participants)
                .threads(SagaThreads.of(executor))
                .build()
                .host();
        participants.replyTo(host::deliver);
        context = new DefaultCamelContext();
        context.getRegistry().bind("sagaHost", host);
        PluginHelper.getRoutesLoader(context)
                .loadRoutes(PluginHelper.getResourceLoader(context)
                        .resolveResource("classpath:camel-ring/payment.camel.xml"));
        context.start();
        template = context.createProducerTemplate();
    }

    @AfterEach
    void leavesNothingPending() {
        await().until(() -> context.getInflightRepository().size() == 0);
        assertThat(timers.size()).isZero();
        context.stop();
        executor.shutdown();
    }

    private LiveSaga startSaga(SagaId id) {
        return host.start(id, new SagaEvent.Start("order-saga", null, null, null, Map.of(), null))
                .join();
    }

    private CompletableFuture<Exchange> pay(String longRunningAction, Object body) {
        Exchange exchange = new DefaultExchange(context);
        exchange.getIn().setBody(body);
        if (longRunningAction != null) {
            exchange.getIn().setHeader(Exchange.SAGA_LONG_RUNNING_ACTION, longRunningAction);
        }
        return template.asyncSend(context.getEndpoint("direct:process-payment"), exchange);
    }

    private Exchange paid(String longRunningAction, Object body) throws Exception {
        return pay(longRunningAction, body).get(HangLimit.SECONDS, TimeUnit.SECONDS);
    }

    private List<String> events() {
        return log.read(ID).stream().map(entry -> entry.event().type()).toList();
    }

    private void awaitCommands(int count) {
        await().until(() -> participants.sent().size() == count);
    }

    @Test
    void makesTheResultTheBodyAndRecordsIt() throws Exception {
        startSaga(ID);
        participants.succeed("ProcessPayment", "{\"paymentId\":\"p-1\"}");

        Exchange exchange = paid("order-1", Map.of("amount", new BigDecimal("10.00")));

        assertThat(exchange.getException()).isNull();
        assertThat(exchange.getMessage().getBody()).isEqualTo(Map.of("paymentId", "p-1"));
        assertThat(events()).containsExactly("START", "ENLIST", "SUCCESS");
        assertThat(host.read(ID).step(PAY).orElseThrow().results())
                .containsEntry("ProcessPayment", FakeParticipants.json("{\"paymentId\":\"p-1\"}"));
    }

    @Test
    void sendsTheBodyAsTheDataOfTheCommand() throws Exception {
        startSaga(ID);
        participants.succeed("ProcessPayment", "{}");

        paid("http://localhost:8080/lra-coordinator/order-1", "{\"amount\":10.00}");

        assertThat(participants.sent()).singleElement().satisfies(sent -> {
            assertThat(sent.command())
                    .usingRecursiveComparison()
                    .ignoringFields("data")
                    .isEqualTo(new SagaCommand(ID, PAY, "payment-service", "ProcessPayment", null, Phase.ACTION));
            assertThat(sent.command().data().toString()).isEqualTo("{\"amount\":10.00}");
            assertThat(sent.headers())
                    .containsEntry("Long-Running-Action", "http://localhost:8080/lra-coordinator/order-1");
        });
    }

    @Test
    void sendsTheFieldsThatTheCommandIsToHaveAndNoOthers() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:pay")
                        .routeId("process-payment-in-part")
                        .to("saga-command:payment-service/ProcessPayment?fields=amount, currency,missing");
            }
        });
        startSaga(ID);
        participants.succeed("ProcessPayment", "{}");
        Map<String, Object> body = Map.of("amount", 10, "currency", "EUR", "country", "KR");
        Exchange exchange = new DefaultExchange(context);
        exchange.getIn().setBody(body);
        exchange.getIn().setHeader(Exchange.SAGA_LONG_RUNNING_ACTION, "order-1");

        template.asyncSend(context.getEndpoint("direct:pay"), exchange).get(HangLimit.SECONDS, TimeUnit.SECONDS);

        assertThat(participants.sent()).singleElement().satisfies(sent -> assertThat(
                        sent.command().data())
                .isEqualTo(FakeParticipants.json("{\"amount\":10,\"currency\":\"EUR\"}")));
        assertThat(body).containsKey("country");
    }

    @Test
    void failsTheRouteWithTheRejectionThatItRecorded() throws Exception {
        startSaga(ID);
        participants.reject("ProcessPayment", "CARD_DECLINED", "The card was declined");

        Exchange exchange = paid("order-1", "{}");

        assertThat(exchange.getException())
                .isInstanceOf(StepRejectedException.class)
                .hasMessage("The card was declined");
        assertThat(((StepRejectedException) exchange.getException()).code()).isEqualTo("CARD_DECLINED");
        assertThat(log.read(ID).get(2).event())
                .isEqualTo(new SagaEvent.StepRejected(PAY, "ProcessPayment", "CARD_DECLINED", "The card was declined"));
    }

    @Test
    void failsTheRouteWhenTheOutcomeIsUnknownAndRecordsThat() throws Exception {
        startSaga(ID);
        participants.leaveUnknown("ProcessPayment", "Connection reset");

        Exchange exchange = paid("order-1", "{}");

        assertThat(exchange.getException())
                .isInstanceOf(StepOutcomeUnknownException.class)
                .hasMessage("Saga order-1, step PROCESS_PAYMENT: Connection reset");
        assertThat(log.read(ID).get(2).event())
                .isEqualTo(
                        new SagaEvent.StepUnknown(PAY, "ProcessPayment", "Connection reset", null, null, null, null));
    }

    @Test
    void failsTheRouteWhenNoReplyComesInTimeAndRecordsThat() throws Exception {
        startSaga(ID);
        CompletableFuture<Exchange> paying = pay("order-1", "{}");
        awaitCommands(1);

        timers.advance(TIMEOUT.minusMillis(1));
        assertThat(paying).isNotDone();
        timers.advance(Duration.ofMillis(1));

        Exchange exchange = paying.get(HangLimit.SECONDS, TimeUnit.SECONDS);
        assertThat(exchange.getException())
                .isInstanceOf(StepTimedOutException.class)
                .hasMessage("Saga order-1, step PROCESS_PAYMENT: no reply to ProcessPayment within 30000 ms");
        assertThat(log.read(ID).get(2).event())
                .isEqualTo(new SagaEvent.StepTimeout(PAY, "ProcessPayment", TIMEOUT.toMillis()));
    }

    @Test
    void recordsAReplyThatComesAfterTheTimeoutAsLate() throws Exception {
        startSaga(ID);
        CompletableFuture<Exchange> paying = pay("order-1", "{}");
        awaitCommands(1);
        timers.advance(TIMEOUT);
        paying.get(HangLimit.SECONDS, TimeUnit.SECONDS);

        host.deliver(SagaReply.success(participants.last("ProcessPayment"), null));

        assertThat(events()).containsExactly("START", "ENLIST", "STEP_TIMEOUT", "LATE_REPLY");
        assertThat(host.read(ID).step(PAY).orElseThrow().status()).isEqualTo(StepStatus.TIMED_OUT);
    }

    @Test
    void answersFromTheLogWithoutSendingAgain() throws Exception {
        startSaga(ID);
        participants.succeed("ProcessPayment", "{\"paymentId\":\"p-1\"}");
        paid("order-1", "{}");
        context.stop();

        start();
        host.find(ID).join();
        Exchange again = paid("order-1", "{}");

        assertThat(again.getMessage().getBody()).isEqualTo(Map.of("paymentId", "p-1"));
        assertThat(participants.commands()).containsExactly("ProcessPayment");
        assertThat(events()).containsExactly("START", "ENLIST", "SUCCESS");
    }

    @Test
    void sendsACommandAgainWhoseResultIsNotInTheLog() throws Exception {
        startSaga(ID).enlist("PROCESS_PAYMENT", null, null, Map.of()).join();
        context.stop();

        start();
        host.find(ID).join();
        participants.succeed("ProcessPayment", "{\"paymentId\":\"p-1\"}");
        Exchange again = paid("order-1", "{}");

        assertThat(again.getMessage().getBody()).isEqualTo(Map.of("paymentId", "p-1"));
        assertThat(participants.last("ProcessPayment").step()).isEqualTo(PAY);
        assertThat(events()).containsExactly("START", "ENLIST", "SUCCESS");
    }

    @Test
    void saysWhenItIsUsedOutsideOfASaga() throws Exception {
        Exchange exchange = paid(null, "{}");

        assertThat(exchange.getException())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("saga-command:payment-service/ProcessPayment is used outside of a saga: put it into a route"
                        + " with <saga>");
        assertThat(participants.sent()).isEmpty();
    }

    @Test
    void saysWhenTheSagaDoesNotRunHere() throws Exception {
        assertThat(paid("order-7", "{}").getException()).hasMessage("Saga order-7 has ended or does not run here");
        assertThat(paid("no saga id", "{}").getException()).hasMessageStartingWith("Not a saga id: 'no saga id'");
    }

    @Test
    void failsTheRouteWhenTheBodyCannotBeWritten() throws Exception {
        startSaga(ID);

        Exchange exchange = paid("order-1", new Object());

        assertThat(exchange.getException())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("A body of java.lang.Object cannot be written as JSON");
        assertThat(participants.sent()).isEmpty();
    }

    @Test
    void failsTheRouteWhenTheCommandCannotBeSent() throws Exception {
        startSaga(ID);
        participants.cannotBeSent("ProcessPayment", new IllegalStateException("broker away"));

        assertThat(paid("order-1", "{}").getException()).hasMessage("broker away");
        assertThat(events()).containsExactly("START", "ENLIST");
    }

    @Test
    void stopsWaitingWhenTheSagaFailsElsewhere() throws Exception {
        LiveSaga saga = startSaga(ID);
        CompletableFuture<Exchange> paying = pay("order-1", "{}");
        awaitCommands(1);

        saga.append(new SagaEvent.Fail(null, "no stock")).join();

        assertThat(paying.get(HangLimit.SECONDS, TimeUnit.SECONDS).getException())
                .hasMessage("Saga order-1 is COMPENSATING: step PROCESS_PAYMENT no longer waits for ProcessPayment");
    }

    @Test
    void waitsWithoutAThread() throws Exception {
        int sagas = 1000;
        List<CompletableFuture<Exchange>> paying = IntStream.range(0, sagas)
                .mapToObj(i -> {
                    startSaga(new SagaId("order-" + i));
                    return pay("order-" + i, "{}");
                })
                .toList();
        awaitCommands(sagas);
        int threadsWhileWaiting = Thread.activeCount();

        participants.sent().forEach(sent -> host.deliver(SagaReply.success(sent.command(), null)));

        CompletableFuture.allOf(paying.toArray(CompletableFuture[]::new)).get(HangLimit.SECONDS, TimeUnit.SECONDS);
        assertThat(threadsWhileWaiting).isLessThan(100);
        assertThat(paying)
                .allSatisfy(paid -> assertThat(paid.join().getException()).isNull());
    }

    @Test
    void refusesAUriThatNamesNoCommand() {
        assertThatThrownBy(() -> context.getEndpoint("saga-command:payment-service"))
                .hasStackTraceContaining("Expected saga-command:<service>/<Command>");
    }
}
