package dev.caravan.saga.lra;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.camel.SagaFailedException;
import dev.caravan.saga.camel.SagaStarter;
import dev.caravan.saga.camel.StartedSaga;
import dev.caravan.saga.engine.LateOwnership;
import dev.caravan.saga.engine.OwnedPartitions;
import dev.caravan.saga.engine.SagaEngine;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.engine.SagaThreads;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepState;
import dev.caravan.saga.test.FakeParticipants;
import dev.caravan.saga.test.ManualTimers;
import dev.caravan.saga.test.TestEngine;
import dev.caravan.saga.time.Backoff;
import dev.caravan.testing.HangLimit;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.SagaCompletionMode;
import org.apache.camel.model.SagaPropagation;
import org.apache.camel.saga.CamelSagaCoordinator;
import org.apache.camel.spi.UnitOfWork;
import org.apache.camel.support.ExchangeHelper;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.UnitOfWorkHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The Saga EIP on an LRA coordinator, with that and the participants and the log in memory. */
class LraSagaServiceTest {

    private static final SagaId ID = new SagaId("lra-1");
    private static final Step STOCK = new Step("RESERVE_STOCK", 1);
    private static final Step PAYMENT = new Step("PROCESS_PAYMENT", 1);
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration RETRY = Duration.ofSeconds(3);

    private final InMemorySagaLog log = new InMemorySagaLog();
    private final ManualTimers timers = new ManualTimers();
    private final FakeParticipants participants = new FakeParticipants();
    private final ExecutorService executor = Executors.newFixedThreadPool(4);
    private final FakeLraCoordinator coordinator = new FakeLraCoordinator();
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final LateOwnership ownership = new LateOwnership();
    private final SagaEngine engine = TestEngine.on(log, timers)
            .commands(participants)
            .threads(SagaThreads.of(executor))
            .ownership(made -> ownership)
            .recovery(this::service)
            .build();
    private final SagaHost host = engine.host();
    private final LraSagaService service = engine.recovery(LraSagaService.class);

    private LraSagaService service(SagaHost made) {
        LraSettings settings = new LraSettings(
                coordinator::url,
                null,
                null,
                () -> URI.create("http://app.example/lra-participant"),
                "orders",
                Duration.ofSeconds(10),
                PATIENCE,
                "a secret of this test".getBytes(UTF_8),
                new Backoff(RETRY, RETRY, 0));
        return new LraSagaService(
                context, made, settings, new Backoff(Duration.ofSeconds(10), Duration.ofSeconds(60), 3));
    }

    @BeforeEach
    void startCamel() throws Exception {
        participants.replyTo(host::deliver);
        List.of("ReserveStock", "ReleaseStock", "ConfirmStock", "ProcessPayment", "RefundPayment")
                .forEach(command -> participants.succeed(command, "{}"));
        coordinator.callBack(service.callbacks());
        // ids are those of LRAs, which the coordinator counts
        context.getPropertiesComponent().addOverrideProperty("caravan.start-key", "label");
        context.getRegistry().bind("sagaHost", host);
        context.getRegistry().bind("sagaService", service);
        PluginHelper.getRoutesLoader(context)
                .loadRoutes(PluginHelper.getResourceLoader(context)
                        .resolveResource("classpath:camel-ring/order.camel.xml"));
        context.start();
    }

    @AfterEach
    void leavesNothingPending() {
        await().until(() -> host.size() == 0 && context.getInflightRepository().size() == 0);
        await().untilAsserted(() -> assertThat(timers.size()).isZero());
        context.stop();
        coordinator.close();
        executor.shutdown();
    }

    private StartedSaga start(Map<String, Object> headers) {
        return new SagaStarter(context).start("direct:order-saga", "{\"orderId\":\"o1\"}", "o1", headers);
    }

    private SagaState run() throws Exception {
        return endOf(start(Map.of()));
    }

    private static SagaState endOf(StartedSaga started) throws Exception {
        return started.ended().get(HangLimit.SECONDS, TimeUnit.SECONDS);
    }

    private List<String> events() {
        return log.read(ID).stream()
                .map(SagaLogEntry::event)
                .map(SagaEvent::type)
                .toList();
    }

    private void silence(String command) {
        participants.silence(command);
    }

    private void awaitCommand(String command) {
        await().until(() -> participants.commands().contains(command));
    }

    private Exchange send(String endpoint, String longRunningAction) {
        return context.createProducerTemplate().request(endpoint, exchange -> {
            exchange.getIn().setBody("{}");
            exchange.getIn().setHeader(Exchange.SAGA_LONG_RUNNING_ACTION, longRunningAction);
        });
    }

    @Test
    void completesWhenEveryStepSucceeds() throws Exception {
        SagaState end = run();

        assertThat(end.status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(participants.commands()).containsExactly("ReserveStock", "ProcessPayment", "ConfirmStock");
        assertThat(coordinator.calls()).containsExactly("POST /start", "PUT /lra-1", "PUT /lra-1", "PUT /lra-1/close");
        assertThat(events())
                .containsExactly(
                        "START", "ENLIST", "SUCCESS", "ENLIST", "SUCCESS", "CLOSE", "COMPLETE_SUCCESS", "COMPLETE");
        assertThat(end.start().key()).isEqualTo("o1");
        assertThat(end.start().coordinator()).isEqualTo(coordinator.url() + "/lra-1");
    }

    @Test
    void closesNoSagaThatItsTransactionWantsUndone() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:transacted")
                        .routeId("transacted")
                        .process(exchange -> exchange.getUnitOfWork().beginTransactedBy(this))
                        .saga()
                        .propagation(SagaPropagation.REQUIRES_NEW)
                        .to("saga:compensate");
            }
        });
        context.createProducerTemplate().request("direct:transacted", exchange -> {});

        await().until(() -> !log.read(ID).isEmpty() && events().contains("COMPENSATE_COMPLETE"));
        assertThat(coordinator.calls()).contains("PUT /lra-1/cancel").doesNotContain("PUT /lra-1/close");
    }

    /** The coordinator hears of that when the transaction is over; meanwhile, another exchange of the route comes to its end. */
    @Test
    void closesNoSagaThatTheTransactionOfABranchWantsUndone() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:branches")
                        .routeId("branches")
                        .saga()
                        .propagation(SagaPropagation.REQUIRES_NEW)
                        .completionMode(SagaCompletionMode.MANUAL)
                        .process(exchange -> {
                            String lra = exchange.getIn().getHeader(Exchange.SAGA_LONG_RUNNING_ACTION, String.class);
                            CamelSagaCoordinator saga = service.getSaga(lra).get();
                            Exchange transacted = ExchangeHelper.createCorrelatedCopy(exchange, false);
                            UnitOfWork work =
                                    PluginHelper.getUnitOfWorkFactory(context).createUnitOfWork(transacted);
                            transacted.getExchangeExtension().setUnitOfWork(work);
                            work.beginTransactedBy(this);
                            saga.compensate(transacted).get();
                            saga.complete(ExchangeHelper.createCorrelatedCopy(exchange, false));
                            UnitOfWorkHelper.doneUow(work, transacted);
                        });
            }
        });
        context.createProducerTemplate().request("direct:branches", exchange -> {});

        await().until(() -> !log.read(ID).isEmpty()
                && SagaState.replay(ID, log.read(ID)).status().isTerminal());
        assertThat(coordinator.calls()).contains("PUT /lra-1/cancel").doesNotContain("PUT /lra-1/close");
    }

    @Test
    void compensatesInReverseOrderWhatMayHaveTakenEffect() throws Exception {
        participants.leaveUnknown("ProcessPayment", "Connection reset");

        SagaState end = run();

        assertThat(end.status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(participants.commands())
                .containsExactly("ReserveStock", "ProcessPayment", "RefundPayment", "ReleaseStock");
        assertThat(end.steps()).extracting(StepState::status).containsOnly(StepStatus.COMPENSATED);
        assertThat(coordinator.answers()).containsExactly("200 Compensated", "200 Compensated");
    }

    @Test
    void compensatesNoStepThatWasRejected() throws Exception {
        participants.reject("ProcessPayment", "CARD_DECLINED", "The card was declined");

        SagaState end = run();

        assertThat(end.status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(end.reason()).isEqualTo("The card was declined");
        assertThat(participants.commands()).containsExactly("ReserveStock", "ProcessPayment", "ReleaseStock");
        assertThat(log.read(ID))
                .extracting(SagaLogEntry::event)
                .contains(new SagaEvent.Fail(PAYMENT, "The card was declined"));
    }

    @Test
    void endsWithATimeoutWhenAStepDoesNotAnswer() throws Exception {
        silence("ProcessPayment");
        StartedSaga started = start(Map.of());
        awaitCommand("ProcessPayment");

        timers.advance(Duration.ofSeconds(30));

        SagaState end = endOf(started);
        assertThat(end.status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(participants.commands())
                .containsExactly("ReserveStock", "ProcessPayment", "RefundPayment", "ReleaseStock");
        assertThat(events())
                .containsExactly(
                        "START",
                        "ENLIST",
                        "SUCCESS",
                        "ENLIST",
                        "STEP_TIMEOUT",
                        "TIMEOUT",
                        "COMPENSATE_SUCCESS",
                        "COMPENSATE_SUCCESS",
                        "COMPENSATE_COMPLETE");
    }

    @Test
    void compensatesASagaThatTheCoordinatorCancels() throws Exception {
        silence("ProcessPayment");
        StartedSaga started = start(Map.of());
        awaitCommand("ProcessPayment");

        coordinator.cancel("lra-1");
        advanceUntilEnded(started);

        SagaState end = endOf(started);
        assertThat(end.status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(end.reason()).isEqualTo("The LRA coordinator cancelled it");
        assertThat(participants.commands())
                .containsExactly("ReserveStock", "ProcessPayment", "RefundPayment", "ReleaseStock");
    }

    @Test
    void refusesToJoinASagaThatIsUnknown() {
        Exchange exchange = send("direct:process-payment", coordinator.url() + "/lra-9");

        assertThat(exchange.getException())
                .hasMessage("Cannot begin: LRA %s/lra-9 has ended, or never was".formatted(coordinator.url()));
        assertThat(participants.sent()).isEmpty();
    }

    @Test
    void neverCallsACoordinatorThatAHeaderNames() throws Exception {
        silence("ProcessPayment");
        StartedSaga started = start(Map.of());
        awaitCommand("ProcessPayment");

        try (FakeLraCoordinator foreign = new FakeLraCoordinator()) {
            Exchange unknown = send("direct:reserve-stock", foreign.url() + "/lra-9");
            Exchange known = send("direct:reserve-stock", foreign.url() + "/lra-1");

            assertThat(unknown.getException()).hasMessageEndingWith("/lra-9 has ended, or never was");
            assertThat(known.getException()).isNull();
            assertThat(foreign.calls()).isEmpty();
        }
        assertThat(coordinator.links("lra-1")).hasSize(3);
        host.deliver(SagaReply.success(participants.last("ProcessPayment"), null));
        assertThat(endOf(started).status()).isEqualTo(SagaStatus.COMPLETED);
    }

    static Stream<String> notes() {
        return Stream.of(
                "a&b=c+d%20e",
                "a, \"b\", 'c'; <d>",
                "line\nline\r\n\ttab",
                "재고 없음 — ümläut 🚚",
                "x".repeat(10_000),
                "12 monkeys",
                "{\"json\":1}");
    }

    @ParameterizedTest
    @MethodSource("notes")
    void bringsAnOptionUnchangedToTheCompensation(String note) throws Exception {
        participants.reject("ProcessPayment", "CARD_DECLINED", "The card was declined");

        SagaState end = endOf(start(Map.of("note", note)));

        assertThat(end.status()).isEqualTo(SagaStatus.COMPENSATED);
        Exchange compensation = context.getEndpoint("mock:release-stock", MockEndpoint.class)
                .getReceivedExchanges()
                .get(0);
        assertThat(compensation.getIn().getHeader("note")).isEqualTo(note);
        assertThat(participants.last("ReleaseStock").data().get("note").textValue())
                .isEqualTo(note);
        assertThat(coordinator.links("lra-1")).allSatisfy(link -> assertThat(link)
                .hasSizeLessThan(600)
                .matches("(<http://app.example/lra-participant/[a-z]+/[A-Za-z0-9_-]+>; rel=\"[a-z]+\",?)+"));
    }

    @Test
    void answersASlowCompensationLaterAndRunsItOnce() throws Exception {
        silence("ReleaseStock");
        participants.reject("ProcessPayment", "CARD_DECLINED", "The card was declined");
        StartedSaga started = start(Map.of());
        awaitCommand("ReleaseStock");
        String token = coordinator.token("lra-1", 0, "compensate");
        String status = coordinator.token("lra-1", 0, "status");

        CompletableFuture<LraCallbacks.Answer> second = service.callbacks().compensate(token);
        await().until(() -> timers.size() >= 3);
        timers.advance(PATIENCE);

        assertThat(second.get(HangLimit.SECONDS, TimeUnit.SECONDS))
                .isEqualTo(new LraCallbacks.Answer(
                        202, "Compensating", "http://app.example/lra-participant/status/" + status));
        await().untilAsserted(() -> assertThat(coordinator.answers()).contains("202 Compensating"));
        assertThat(service.callbacks()
                        .status(status)
                        .get(HangLimit.SECONDS, TimeUnit.SECONDS)
                        .body())
                .isEqualTo("Compensating");
        host.deliver(SagaReply.success(participants.last("ReleaseStock"), null));

        await().until(() -> status(status).equals("Compensated"));
        assertThat(participants.commands()).containsOnlyOnce("ReleaseStock");
        advanceUntilEnded(started);
        assertThat(endOf(started).status()).isEqualTo(SagaStatus.COMPENSATED);
    }

    private String status(String token) throws Exception {
        return service.callbacks()
                .status(token)
                .get(HangLimit.SECONDS, TimeUnit.SECONDS)
                .body();
    }

    @Test
    void refusesACallbackThatItDidNotSign() throws Exception {
        silence("ProcessPayment");
        StartedSaga started = start(Map.of());
        awaitCommand("ProcessPayment");
        List<String> before = events();

        byte[] altered = Base64.getUrlDecoder().decode(coordinator.token("lra-1", 0, "compensate"));
        altered[altered.length - 1] ^= 1;
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(altered);
        for (String forged : List.of(token, "forged", "", "lra-1")) {
            assertThat(service.callbacks().compensate(forged).join().status()).isEqualTo(403);
            assertThat(service.callbacks().complete(forged).join().status()).isEqualTo(403);
            assertThat(service.callbacks().status(forged).join().status()).isEqualTo(403);
        }

        assertThat(events()).isEqualTo(before);
        assertThat(participants.commands()).containsExactly("ReserveStock", "ProcessPayment");
        host.deliver(SagaReply.success(participants.last("ProcessPayment"), null));
        assertThat(endOf(started).status()).isEqualTo(SagaStatus.COMPLETED);
    }

    @Test
    void refusesATokenThatItSignedForAnotherVerb() throws Exception {
        silence("ProcessPayment");
        StartedSaga started = start(Map.of());
        awaitCommand("ProcessPayment");
        List<String> before = events();
        LraCallbacks callbacks = service.callbacks();
        Map<String, Function<String, CompletableFuture<LraCallbacks.Answer>>> calls = Map.of(
                "compensate", callbacks::compensate,
                "complete", callbacks::complete,
                "status", callbacks::status,
                "after", token -> callbacks.after(token, "Cancelled"));

        calls.forEach((verb, call) -> calls.keySet().stream()
                .filter(other -> !other.equals(verb))
                .forEach(other -> assertThat(call.apply(coordinator.token("lra-1", 0, other))
                                .join()
                                .status())
                        .as("%s with a token for %s", verb, other)
                        .isEqualTo(403)));

        assertThat(events()).isEqualTo(before);
        host.deliver(SagaReply.success(participants.last("ProcessPayment"), null));
        assertThat(endOf(started).status()).isEqualTo(SagaStatus.COMPLETED);
    }

    @Test
    void completesNoStepOfASagaThatCompensates() throws Exception {
        silence("ReleaseStock");
        participants.reject("ProcessPayment", "CARD_DECLINED", "The card was declined");
        StartedSaga started = start(Map.of());
        awaitCommand("ReleaseStock");

        LraCallbacks.Answer answer = service.callbacks()
                .complete(coordinator.token("lra-1", 0, "complete"))
                .get(HangLimit.SECONDS, TimeUnit.SECONDS);

        assertThat(answer.status()).isEqualTo(503);
        assertThat(participants.commands()).doesNotContain("ConfirmStock");
        host.deliver(SagaReply.success(participants.last("ReleaseStock"), null));
        advanceUntilEnded(started);
        assertThat(endOf(started).status()).isEqualTo(SagaStatus.COMPENSATED);
    }

    @Test
    void failsWhenACompensationIsGivenUpAndSaysWhichOne() throws Exception {
        participants.leaveUnknown("ProcessPayment", "Connection reset");
        participants.leaveUnknown("RefundPayment", "The account is closed");
        StartedSaga started = start(Map.of());
        for (int attempt = 1; attempt < 3; attempt++) {
            int failed = attempt;
            await().until(() ->
                    events().stream().filter("COMPENSATE_RETRY"::equals).count() == failed);
            await().until(() -> timers.size() >= 1);
            timers.advance(Duration.ofSeconds(10L * attempt));
        }
        await().until(() -> events().contains("STEP_COMPENSATE_FAILED"));
        advanceUntilEnded(started);

        SagaState end = endOf(started);
        assertThat(end.status()).isEqualTo(SagaStatus.FAILED);
        assertThat(end.problem())
                .isEqualTo(
                        "Step PROCESS_PAYMENT could not be compensated: Saga lra-1, step PROCESS_PAYMENT: The account"
                                + " is closed");
        assertThat(end.step(PAYMENT).orElseThrow().status()).isEqualTo(StepStatus.COMPENSATION_FAILED);
        assertThat(end.step(PAYMENT).orElseThrow().attempts()).isEqualTo(3);
        assertThat(end.step(STOCK).orElseThrow().status()).isEqualTo(StepStatus.COMPENSATED);
        assertThat(participants.commands())
                .containsExactly(
                        "ReserveStock",
                        "ProcessPayment",
                        "RefundPayment",
                        "RefundPayment",
                        "RefundPayment",
                        "ReleaseStock");
        assertThat(service.callbacks()
                        .status(coordinator.token("lra-1", 1, "status"))
                        .join())
                .isEqualTo(LraCallbacks.Answer.of(200, "FailedToCompensate"));
        assertThat(service.callbacks()
                        .compensate(coordinator.token("lra-1", 1, "compensate"))
                        .get(HangLimit.SECONDS, TimeUnit.SECONDS))
                .isEqualTo(LraCallbacks.Answer.of(500, "FailedToCompensate"));
        assertThat(service.callbacks()
                        .compensate(coordinator.token("lra-1", 0, "compensate"))
                        .get(HangLimit.SECONDS, TimeUnit.SECONDS))
                .isEqualTo(LraCallbacks.Answer.of(200, "Compensated"));
    }

    /** The coordinator says no more than that something of the LRA failed: it may be of somebody else, too. */
    @Test
    void undoesAStepThatFailedWhenItIsTriedAgainAndLeavesTheRestToAPerson() throws Exception {
        ownThePartition(new AtomicBoolean(), new CopyOnWriteArrayList<>());
        participants.leaveUnknown("ProcessPayment", "Connection reset");
        participants.reject("RefundPayment", "CLOSED", "The account is closed");
        StartedSaga started = start(Map.of());
        advanceUntilEnded(started);
        assertThat(endOf(started).step(PAYMENT).orElseThrow().status()).isEqualTo(StepStatus.COMPENSATION_FAILED);
        assertThat(coordinator.status("lra-1")).isEqualTo("FailedToCancel");
        participants.succeed("RefundPayment", "{}");

        engine.operator().retry(ID, "alice", "it is open again").get(HangLimit.SECONDS, TimeUnit.SECONDS);

        await().until(() -> events().stream().filter("COMPENSATE_FAIL"::equals).count() == 2);
        SagaState end = host.read(ID);
        assertThat(end.step(PAYMENT).orElseThrow().status()).isEqualTo(StepStatus.COMPENSATED);
        assertThat(end.problem())
                .contains("All steps of this application are undone, but LRA")
                .endsWith("Resolve the saga when nothing is left elsewhere");
        engine.operator().resolve(ID, "alice", "nobody else took part").get(HangLimit.SECONDS, TimeUnit.SECONDS);
        assertThat(host.read(ID).status()).isEqualTo(SagaStatus.COMPENSATED);
    }

    private void advanceUntilEnded(StartedSaga started) {
        await().until(() -> {
            if (!started.ended().isDone()) {
                timers.advance(RETRY);
            }
            return started.ended().isDone();
        });
    }

    @Test
    void saysThatASagaIsCompletedAlsoForAStepWithoutACompletion() throws Exception {
        run();

        assertThat(status(coordinator.token("lra-1", 0, "status"))).isEqualTo("Completed");
        assertThat(status(coordinator.token("lra-1", 1, "status"))).isEqualTo("Completed");
    }

    @Test
    void doesNotSayThatACompletedSagaWasCompensated() throws Exception {
        run();

        LraCallbacks.Answer answer = service.callbacks()
                .compensate(coordinator.token("lra-1", 1, "compensate"))
                .get(HangLimit.SECONDS, TimeUnit.SECONDS);

        assertThat(answer.body()).isEqualTo("Completed");
        assertThat(participants.commands()).doesNotContain("RefundPayment");
    }

    @Test
    void saysThatAStepIsCompensatedWhoseSagaNeverStarted() throws Exception {
        String token = new CallbackToken("a secret of this test".getBytes(UTF_8))
                .write(CallbackToken.Verb.COMPENSATE, new SagaId("lra-9"), STOCK);

        assertThat(service.callbacks().compensate(token).get(HangLimit.SECONDS, TimeUnit.SECONDS))
                .isEqualTo(LraCallbacks.Answer.of(200, "Compensated"));
    }

    @Test
    void asksACoordinatorThatIsDownAgainUntilItEndsTheSaga() throws Exception {
        silence("ProcessPayment");
        StartedSaga started = start(Map.of());
        awaitCommand("ProcessPayment");
        coordinator.setDown(true);
        host.deliver(SagaReply.success(participants.last("ProcessPayment"), null));

        for (int attempt = 1; attempt <= 3; attempt++) {
            int asked = attempt;
            await().until(() -> closes() == asked && timers.size() == 1);
            assertThat(started.ended()).isNotDone();
            timers.advance(RETRY);
        }
        await().until(() -> closes() == 4 && timers.size() == 1);
        coordinator.setDown(false);
        timers.advance(RETRY);

        assertThat(endOf(started).status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(closes()).isEqualTo(5);
    }

    /** It has not answered so often that requests are kept back from it, until a time that no clock of the day says. */
    @Test
    void asksACoordinatorAgainThoughTheClockWasSetForthAndBack() throws Exception {
        silence("ProcessPayment");
        StartedSaga started = start(Map.of());
        awaitCommand("ProcessPayment");
        coordinator.setDeaf(true);
        timers.jump(Duration.ofHours(1));
        host.deliver(SagaReply.success(participants.last("ProcessPayment"), null));
        for (int attempt = 1; attempt <= 3; attempt++) {
            int asked = attempt;
            await().until(() -> closes() == asked && timers.size() == 1);
            timers.advance(RETRY);
        }
        await().until(() -> closes() == 4 && timers.size() == 1);

        timers.jump(Duration.ofHours(-1));
        coordinator.setDeaf(false);
        timers.advance(RETRY);

        await().until(() -> closes() == 5);
        assertThat(endOf(started).status()).isEqualTo(SagaStatus.COMPLETED);
    }

    private long closes() {
        return coordinator.calls().stream().filter("PUT /lra-1/close"::equals).count();
    }

    @Test
    void startsNoSagaWithoutACoordinator() {
        coordinator.setDown(true);

        StartedSaga started = start(Map.of());

        assertThat(started.accepted())
                .failsWithin(HangLimit.TIME)
                .withThrowableThat()
                .withMessageContaining("The LRA coordinator would not start an LRA: HTTP 503");
        assertThat(participants.sent()).isEmpty();
        assertThat(host.size()).isZero();
    }

    @Test
    void endsASagaWhoseOptionCannotBeEvaluated() throws Exception {
        StartedSaga started = new SagaStarter(context).start("direct:broken-saga", "text", null, Map.of());

        SagaState end = endOf(started);

        assertThat(end.status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(end.reason()).contains("noSuchMethod");
        assertThat(end.steps()).isEmpty();
    }

    @Test
    void tellsTheRouteThatItsSagaFailed() {
        participants.reject("ProcessPayment", "CARD_DECLINED", "The card was declined");
        participants.reject("ReleaseStock", "GONE", "The stock is gone");
        CompletableFuture<Exchange> exchange = context.createProducerTemplate()
                .asyncSend("direct:order-saga", sent -> sent.getIn().setBody("{}"));

        await().until(() -> {
            timers.advance(Duration.ofSeconds(5));
            return exchange.isDone();
        });

        assertThat(exchange.join().getException()).isInstanceOf(SagaFailedException.class);
        assertThat(host.read(ID).status()).isEqualTo(SagaStatus.FAILED);
    }

    /** This instance owns the only partition, and reads of it what is appended. */
    private OwnedPartitions ownThePartition() {
        OwnedPartitions partitions = ownership.ownPartitions(host);
        partitions.gained(0, 0, 0);
        log.follow(entry -> partitions.read(0, entry.sequence(), entry));
        return partitions;
    }

    /** Like {@link #ownThePartition()}, but does not read on while it is frozen. */
    private OwnedPartitions ownThePartition(AtomicBoolean frozen, List<SagaLogEntry> unread) {
        OwnedPartitions partitions = ownership.ownPartitions(host);
        partitions.gained(0, 0, 0);
        log.follow(entry -> {
            if (frozen.get()) {
                unread.add(entry);
            } else {
                partitions.read(0, entry.sequence(), entry);
            }
        });
        return partitions;
    }

    /** The partition was another instance's for a while. */
    private void comesBack(OwnedPartitions partitions) {
        partitions.lost(0);
        List<SagaLogEntry> entries = log.read(ID);
        partitions.gained(0, 0, entries.size());
        entries.forEach(entry -> partitions.read(0, entry.sequence(), entry));
    }

    private void awaitEnd(SagaStatus status) {
        await().untilAsserted(() -> {
            timers.advance(RETRY);
            assertThat(SagaState.replay(ID, log.read(ID)).status()).isEqualTo(status);
        });
    }

    /** What was asked cannot be taken back: to ask for the opposite would leave coordinator and log at odds for ever. */
    @Test
    void completesASagaThatWasToBeClosedWhenItsInstanceDied() {
        OwnedPartitions partitions = ownThePartition();
        coordinator.setCutOff(true);
        start(Map.of());
        await().until(() -> closes() == 1);

        comesBack(partitions);
        await().until(() -> events().contains("RESUME"));
        coordinator.setCutOff(false);

        awaitEnd(SagaStatus.COMPLETED);
        assertThat(events()).doesNotContain("FAIL");
    }

    @Test
    void sendsACompletionAgainForASagaThatComesBack() {
        OwnedPartitions partitions = ownThePartition();
        silence("ConfirmStock");
        start(Map.of());
        awaitCommand("ConfirmStock");

        participants.succeed("ConfirmStock", "{}");
        comesBack(partitions);

        awaitEnd(SagaStatus.COMPLETED);
    }

    @Test
    void acknowledgesTheEndOfASagaThatEndedInAnotherInstance() throws Exception {
        OwnedPartitions partitions = ownThePartition();
        silence("ProcessPayment");
        StartedSaga started = start(Map.of());
        awaitCommand("ProcessPayment");
        String token = coordinator.token("lra-1", 0, "after");
        partitions.lost(0);
        assertThat(service.callbacks()
                        .after(token, "Closed")
                        .get(HangLimit.SECONDS, TimeUnit.SECONDS)
                        .status())
                .isEqualTo(503);

        List<SagaLogEntry> entries = log.read(ID);
        partitions.gained(0, 0, entries.size());
        entries.forEach(entry -> partitions.read(0, entry.sequence(), entry));
        await().until(() -> participants.commands().stream()
                        .filter("ProcessPayment"::equals)
                        .count()
                == 2);
        host.deliver(SagaReply.success(participants.last("ProcessPayment"), null));
        awaitEnd(SagaStatus.COMPLETED);
        partitions.lost(0);

        assertThat(started.ended()).isCompletedExceptionally();
        assertThat(service.callbacks()
                        .after(token, "Closed")
                        .get(HangLimit.SECONDS, TimeUnit.SECONDS)
                        .status())
                .isEqualTo(200);
    }

    /** The coordinator goes on calling where a step joined, also when the saga has moved and its owner undoes the step. */
    @Test
    void tellsACoordinatorThatAStepIsUndoneInAnotherInstance() throws Exception {
        OwnedPartitions partitions = ownThePartition();
        participants.reject("ProcessPayment", "CARD_DECLINED", "The card was declined");
        silence("ReleaseStock");
        start(Map.of());
        awaitCommand("ReleaseStock");
        String stock = coordinator.token("lra-1", 0, "compensate");
        partitions.lost(0);

        assertThat(compensate(stock)).isEqualTo("503 Try again");

        SagaState known = SagaState.replay(ID, log.read(ID));
        log.append(new SagaLogEntry(
                ID,
                known.nextSequence(),
                known.epoch(),
                timers.clock().instant(),
                new SagaEvent.CompensateSuccess(STOCK)));
        assertThat(compensate(stock)).isEqualTo("200 Compensated");

        comesBack(partitions);
        awaitEnd(SagaStatus.COMPENSATED);
    }

    private String compensate(String token) throws Exception {
        LraCallbacks.Answer answer = service.callbacks().compensate(token).get(HangLimit.SECONDS, TimeUnit.SECONDS);
        return answer.status() + " " + answer.body();
    }

    @Test
    void cannotBeCancelledOnceTheCoordinatorWasAskedToClose() throws Exception {
        silence("ProcessPayment");
        StartedSaga started = start(Map.of());
        awaitCommand("ProcessPayment");
        coordinator.setDown(true);
        host.deliver(SagaReply.success(participants.last("ProcessPayment"), null));
        await().until(() -> closes() == 1 && timers.size() == 1);

        assertThatThrownBy(() -> engine.operator().cancel(ID, "alice", "it hangs"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is being completed");
        coordinator.setDown(false);
        timers.advance(RETRY);

        assertThat(endOf(started).status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(events()).doesNotContain("FAIL");
        assertThat(coordinator.status("lra-1")).isEqualTo("Closed");
    }

    /** Its steps were not called back, and never will be. */
    @Test
    void undoesASagaWhoseLraTheCoordinatorHasLost() throws Exception {
        silence("ProcessPayment");
        StartedSaga started = start(Map.of());
        awaitCommand("ProcessPayment");
        coordinator.lose("lra-1");

        host.deliver(SagaReply.success(participants.last("ProcessPayment"), null));

        assertThat(endOf(started).status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(participants.commands())
                .containsExactly("ReserveStock", "ProcessPayment", "RefundPayment", "ReleaseStock");
    }

    @Test
    void refusesARouteThatAsksForCompensationOnceTheCoordinatorWasAskedToClose() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:give-up").routeId("give-up").to("saga:compensate");
            }
        });
        silence("ProcessPayment");
        StartedSaga started = start(Map.of());
        awaitCommand("ProcessPayment");
        coordinator.setDown(true);
        host.deliver(SagaReply.success(participants.last("ProcessPayment"), null));
        await().until(() -> closes() == 1 && timers.size() == 1);

        Exchange asking = send("direct:give-up", coordinator.url() + "/lra-1");

        assertThat(asking.getException()).hasStackTraceContaining("Saga lra-1 is being completed");
        coordinator.setDown(false);
        timers.advance(RETRY);
        assertThat(endOf(started).status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(participants.commands()).containsExactly("ReserveStock", "ProcessPayment", "ConfirmStock");
    }

    @Test
    void isNotUndoneByItsDeadlineOnceTheCoordinatorWasAskedToClose() throws Exception {
        Duration limit = RETRY.dividedBy(2);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:limited")
                        .routeId("limited")
                        .saga()
                        .propagation(SagaPropagation.REQUIRES_NEW)
                        .timeout(limit)
                        .to("direct:reserve-stock")
                        .process(exchange -> coordinator.setDown(true));
            }
        });
        StartedSaga started = new SagaStarter(context).start("direct:limited", "{}", null, Map.of());
        await().until(() -> closes() == 1 && timers.size() == 2);

        timers.advance(limit);

        assertThat(events()).doesNotContain("TIMEOUT");
        coordinator.setDown(false);
        timers.advance(RETRY);
        assertThat(endOf(started).status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(participants.commands()).containsExactly("ReserveStock", "ConfirmStock");
    }

    /** It was frozen meanwhile, and its step times out before it reads on. */
    @Test
    void compensatesNothingOfASagaThatItsSuccessorHasCompleted() {
        AtomicBoolean frozen = new AtomicBoolean();
        List<SagaLogEntry> unread = new CopyOnWriteArrayList<>();
        OwnedPartitions partitions = ownThePartition(frozen, unread);
        silence("ProcessPayment");
        start(Map.of());
        awaitCommand("ProcessPayment");

        frozen.set(true);
        Instant at = timers.clock().instant();
        log.append(new SagaLogEntry(ID, 4, 1, at, new SagaEvent.Resume("second")));
        log.append(new SagaLogEntry(ID, 5, 1, at, new SagaEvent.Success(PAYMENT, "ProcessPayment", null)));
        log.append(new SagaLogEntry(ID, 6, 1, at, new SagaEvent.Complete()));
        coordinator.hasEnded("lra-1", "Closed");
        timers.advance(Duration.ofSeconds(30));
        await().until(() -> events().contains("TIMEOUT"));
        unread.forEach(entry -> partitions.read(0, entry.sequence(), entry));

        await().until(() -> host.live(ID).isEmpty());
        assertThat(participants.commands()).containsExactly("ReserveStock", "ProcessPayment");
        assertThat(coordinator.calls()).doesNotContain("PUT /lra-1/cancel");
        assertThat(SagaState.replay(ID, log.read(ID)).status()).isEqualTo(SagaStatus.COMPLETED);
    }

    /** It was frozen meanwhile, and learns from the coordinator that the saga is cancelled before it reads on. */
    @Test
    void compensatesNothingOfASagaThatItsSuccessorUndoes() {
        AtomicBoolean frozen = new AtomicBoolean();
        List<SagaLogEntry> unread = new CopyOnWriteArrayList<>();
        OwnedPartitions partitions = ownThePartition(frozen, unread);
        silence("ProcessPayment");
        start(Map.of());
        awaitCommand("ProcessPayment");
        coordinator.setDown(true);
        host.deliver(SagaReply.success(participants.last("ProcessPayment"), null));
        await().until(() -> closes() == 1);

        frozen.set(true);
        long next = log.read(ID).size();
        log.append(new SagaLogEntry(ID, next, 1, timers.clock().instant(), new SagaEvent.Resume("second")));
        coordinator.hasEnded("lra-1", "Cancelling");
        coordinator.setDown(false);
        await().until(() -> {
            timers.advance(RETRY);
            return events().contains("TIMEOUT");
        });
        long asked =
                coordinator.calls().stream().filter("GET /lra-1/status"::equals).count();
        await().until(
                        () -> { // it is told once more before it reads on
                            timers.advance(RETRY);
                            return coordinator.calls().stream()
                                            .filter("GET /lra-1/status"::equals)
                                            .count()
                                    > asked + 1;
                        });
        unread.forEach(entry -> partitions.read(0, entry.sequence(), entry));

        await().until(() -> host.live(ID).isEmpty());
        assertThat(participants.commands()).containsExactly("ReserveStock", "ProcessPayment");
    }

    @Test
    void leavesToAPersonWhatWasClosedWhileItWasToBeUndone() throws Exception {
        silence("ProcessPayment");
        StartedSaga started = start(Map.of());
        awaitCommand("ProcessPayment");
        coordinator.hasEnded("lra-1", "Closed");

        timers.advance(Duration.ofSeconds(30));

        SagaState end = endOf(started);
        assertThat(end.status()).isEqualTo(SagaStatus.FAILED);
        assertThat(end.problem()).contains("was closed before: its steps were completed");
        assertThat(participants.commands()).containsExactly("ReserveStock", "ProcessPayment");
    }

    @Test
    void sendsACompensationAgainForASagaThatComesBack() {
        OwnedPartitions partitions = ownThePartition();
        participants.reject("ProcessPayment", "NO", "no");
        silence("ReleaseStock");
        start(Map.of());
        awaitCommand("ReleaseStock");

        participants.succeed("ReleaseStock", "{}");
        comesBack(partitions);

        awaitEnd(SagaStatus.COMPENSATED);
    }
}
