package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.participant.StepRejectedException;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.test.Instance;
import dev.caravan.saga.test.SimulatedParticipants;
import dev.caravan.saga.test.SimulatedParticipants.Action;
import dev.caravan.saga.test.SimulatedParticipants.Deed;
import dev.caravan.saga.test.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.SagaCompletionMode;
import org.apache.camel.model.SagaPropagation;
import org.apache.camel.support.PluginHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A host dies; another, with a Camel context of its own, goes on with the saga from the log. */
class ForwardRecoveryTest extends InEitherMode {

    private static final Step STOCK = new Step("RESERVE_STOCK", 1);
    private static final Step PAYMENT = new Step("PROCESS_PAYMENT", 1);
    private static final Step COURIER = new Step("BOOK_COURIER", 1);

    private final List<DefaultCamelContext> contexts = new ArrayList<>();
    private World world;
    private Cluster cluster;

    @AfterEach
    void stop() {
        contexts.forEach(DefaultCamelContext::stop);
    }

    /** Gives a context its routes. */
    private interface Routes {
        void into(DefaultCamelContext context) throws Exception;
    }

    private static Routes file(String name) {
        return context -> PluginHelper.getRoutesLoader(context)
                .loadRoutes(PluginHelper.getResourceLoader(context).resolveResource("classpath:recovery/" + name));
    }

    private static Routes java(OrderRoutes routes) {
        return context -> context.addRoutes(routes);
    }

    private void begin(World inThisWorld, Consumer<SimulatedParticipants> scenario) {
        world = inThisWorld;
        cluster = cluster(world);
        scenario.accept(cluster.participants);
    }

    private Cluster.Member host(Routes routes) throws Exception {
        DefaultCamelContext context = new DefaultCamelContext();
        contexts.add(context);
        Cluster.Member member = cluster.add(context);
        SagaRing.prepare(world, context, member);
        routes.into(context);
        context.start();
        member.gain(0);
        world.run();
        return member;
    }

    private void order(Cluster.Member member) {
        order(member, Map.of("items", List.of("A", "B", "C")));
    }

    private void order(Cluster.Member member, Object body) {
        world.as(member.instance, () -> new SagaStarter(contexts.get(contexts.size() - 1))
                .start("direct:order-saga", body, "order-1", Map.of("note", "leave it at the door", "count", 3)));
    }

    /** What a saga came to: its end, what its steps came to, and what took effect. */
    private record End(SagaStatus status, Map<Step, StepStatus> steps, Set<Deed> deeds) {}

    private End end() {
        SagaId id = cluster.log.sagas().get(0);
        SagaState state = cluster.state(id);
        Map<Step, StepStatus> steps = new TreeMap<>(Comparator.comparing(Step::toString));
        state.steps().forEach(step -> steps.put(step.step(), step.status()));
        List<Deed> deeds = cluster.participants.deeds(id).stream()
                .map(deed -> new Deed(new SagaId("any"), deed.step(), deed.command(), deed.data()))
                .toList();
        assertThat(deeds).doesNotHaveDuplicates();
        return new End(state.status(), steps, new HashSet<>(deeds));
    }

    private void settle() {
        world.advance(Duration.ofHours(1));
        assertThat(cluster.waiting()).isZero();
        cluster.alive().forEach(member -> assertThat(member.host.size()).isZero());
    }

    /** The end without a crash, and how many appends and dispatches it took. */
    private record Undisturbed(End end, int acts) {}

    private Undisturbed undisturbed(Routes routes, Consumer<SimulatedParticipants> scenario) throws Exception {
        begin(World.inOrder(), scenario);
        Cluster.Member member = host(routes);
        order(member);
        settle();
        return new Undisturbed(end(), member.instance.acts());
    }

    private void crash(Routes routes, Routes after, Consumer<SimulatedParticipants> scenario, Consumer<Instance> death)
            throws Exception {
        begin(World.inOrder(), scenario);
        Cluster.Member first = host(routes);
        death.accept(first.instance);
        order(first);
        while (first.isAlive() && (world.step() || world.passTime())) {
            // until it dies
        }
        assertThat(first.isAlive()).isFalse();
        Set<String> answered = answered();
        int received = cluster.participants.received().size();
        world.run();
        host(after);
        settle();
        assertThat(cluster.participants.received().stream().skip(received).map(ForwardRecoveryTest::name))
                .as("sent again though the result was recorded")
                .noneMatch(answered::contains);
        stop();
        contexts.clear();
    }

    private Set<String> answered() {
        Set<String> answered = new HashSet<>();
        cluster.log.sagas().forEach(id -> cluster.state(id)
                .steps()
                .forEach(step -> step.results().keySet().forEach(command -> answered.add(command + step.step()))));
        return answered;
    }

    private static String name(SagaCommand command) {
        return command.command() + command.step();
    }

    static final Consumer<SimulatedParticipants> ALL_GOES_WELL = participants -> {};
    static final Consumer<SimulatedParticipants> SHIPPING_IS_REJECTED = participants -> participants.actions(
            command -> command.command().equals("PrepareShipping") ? Action.IS_REJECTED : Action.SUCCEEDS);
    static final Consumer<SimulatedParticipants> SHIPPING_IS_UNKNOWN = participants -> participants.actions(
            command -> command.command().equals("PrepareShipping") ? Action.IS_UNKNOWN_AND_DONE : Action.SUCCEEDS);
    static final Consumer<SimulatedParticipants> SHIPPING_IS_SILENT = participants -> participants.actions(
            command -> command.command().equals("PrepareShipping") ? Action.IS_SILENT : Action.SUCCEEDS);
    static final Consumer<SimulatedParticipants> REFUND_IS_HARD = participants -> participants
            .actions(command -> command.command().equals("PrepareShipping") ? Action.IS_REJECTED : Action.SUCCEEDS)
            .endingsFail(command -> command.command().equals("RefundPayment") ? 2 : 0);

    static Stream<Arguments> notationsAndScenarios() {
        return Stream.of(
                Arguments.of("XML, all goes well", file("order.camel.xml"), ALL_GOES_WELL, SagaStatus.COMPLETED),
                Arguments.of("XML, rejected", file("order.camel.xml"), SHIPPING_IS_REJECTED, SagaStatus.COMPENSATED),
                Arguments.of("YAML, all goes well", file("order.camel.yaml"), ALL_GOES_WELL, SagaStatus.COMPLETED),
                Arguments.of("YAML, hard", file("order.camel.yaml"), REFUND_IS_HARD, SagaStatus.COMPENSATED),
                Arguments.of("Java, all goes well", java(new OrderRoutes()), ALL_GOES_WELL, SagaStatus.COMPLETED),
                Arguments.of("Java, unknown", java(new OrderRoutes()), SHIPPING_IS_UNKNOWN, SagaStatus.COMPENSATED));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("notationsAndScenarios")
    void endsAsWithoutTheCrashWhereverTheHostDies(
            String name, Routes routes, Consumer<SimulatedParticipants> scenario, SagaStatus expected)
            throws Exception {
        Undisturbed undisturbed = undisturbed(routes, scenario);
        assertThat(undisturbed.end().status()).isEqualTo(expected);
        assertThat(undisturbed.acts()).isGreaterThan(10);

        for (int i = 0; i < undisturbed.acts(); i++) {
            int act = i;
            if (act > 0) {
                crash(routes, routes, scenario, instance -> instance.dieBefore(act));
                assertThat(end()).as("died before act %d", act).isEqualTo(undisturbed.end());
            }
            crash(routes, routes, scenario, instance -> instance.dieAfter(act));
            assertThat(end()).as("died after act %d", act).isEqualTo(undisturbed.end());
        }
    }

    @Test
    void startsNothingWhenTheHostDiesBeforeItAcceptedTheSaga() throws Exception {
        crash(file("order.camel.xml"), file("order.camel.xml"), ALL_GOES_WELL, instance -> instance.dieBefore(0));

        assertThat(cluster.log.sagas()).isEmpty();
        assertThat(cluster.participants.received()).isEmpty();
    }

    // -- what the log knows of a failure ----------------------------------------------------------------------------

    /** A route that goes on another way when the payment fails; what it knows of the failure goes into the command. */
    private static final class SecondWay extends OrderRoutes {

        @Override
        void orderSaga() {
            from("direct:order-saga")
                    .routeId("order-saga")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .doTry()
                    .to("direct:process-payment")
                    .doCatch(Exception.class)
                    .process(exchange -> {
                        Exception failure = exchange.getProperty("CamelExceptionCaught", Exception.class);
                        String code = failure instanceof StepRejectedException rejection ? rejection.code() : "none";
                        exchange.getIn()
                                .setBody(
                                        Map.of("why", failure.getMessage().replaceAll("Saga [^,]*", ""), "code", code));
                    })
                    .to("direct:book-courier")
                    .end()
                    .to("direct:prepare-shipping");
        }
    }

    @ParameterizedTest
    @MethodSource("failuresOfPayment")
    void tellsTheRouteAgainOfTheFailureInTheLog(Action failure) throws Exception {
        Routes routes = java(new SecondWay());
        Consumer<SimulatedParticipants> scenario = participants ->
                participants.actions(command -> command.command().equals("ProcessPayment") ? failure : Action.SUCCEEDS);
        Undisturbed undisturbed = undisturbed(routes, scenario);
        assertThat(undisturbed.end().status()).isEqualTo(SagaStatus.COMPLETED);

        for (int i = 0; i < undisturbed.acts(); i++) {
            int act = i;
            crash(routes, routes, scenario, instance -> instance.dieAfter(act));
            assertThat(end()).as("died after act %d", act).isEqualTo(undisturbed.end());
        }
    }

    static Stream<Action> failuresOfPayment() {
        return Stream.of(Action.IS_REJECTED, Action.IS_UNKNOWN_AND_DONE, Action.IS_UNKNOWN_AND_NOT_DONE);
    }

    /** One step with two commands: the second is asked when the first is refused. */
    private static final class TwoCommands extends OrderRoutes {

        @Override
        void orderSaga() {
            from("direct:order-saga")
                    .routeId("order-saga")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .to("direct:pay-somehow")
                    .to("direct:prepare-shipping");
            from("direct:pay-somehow")
                    .routeId("pay-somehow")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:undo-process-payment")
                    .doTry()
                    .to("saga-command:payment-service/ProcessPayment")
                    .doCatch(StepRejectedException.class)
                    .to("saga-command:payment-service/SendInvoice")
                    .end();
        }
    }

    @Test
    void asksARefusedCommandNotAgainWhenTheNextOneSucceeded() throws Exception {
        Routes routes = java(new TwoCommands());
        Consumer<SimulatedParticipants> scenario = participants -> participants.actions(
                command -> command.command().equals("ProcessPayment") ? Action.IS_REJECTED : Action.SUCCEEDS);
        Undisturbed undisturbed = undisturbed(routes, scenario);

        for (int i = 0; i < undisturbed.acts(); i++) {
            int act = i;
            crash(routes, routes, scenario, instance -> instance.dieAfter(act));
            assertThat(end()).as("died after act %d", act).isEqualTo(undisturbed.end());
            boolean refused = cluster.log.entries(cluster.log.sagas().get(0)).stream()
                    .takeWhile(entry -> !(entry.event() instanceof SagaEvent.Resume))
                    .anyMatch(entry -> entry.event() instanceof SagaEvent.StepRejected);
            assertThat(cluster.participants.received())
                    .as("died after act %d", act)
                    .filteredOn(command -> command.command().equals("ProcessPayment"))
                    .hasSizeLessThanOrEqualTo(refused ? 1 : 2);
        }
    }

    @Test
    void undoesAStepWhoseSecondCommandIsOnItsWay() throws Exception {
        begin(
                World.inOrder(),
                participants -> participants.actions(command -> switch (command.command()) {
                    case "ProcessPayment" -> Action.IS_REJECTED;
                    case "SendInvoice" -> Action.IS_SILENT;
                    default -> Action.SUCCEEDS;
                }));
        Cluster.Member first = host(java(new TwoCommands()));
        order(first);
        world.run();
        assertThat(sent("SendInvoice")).isEqualTo(1);
        world.as(
                first.instance,
                () -> first.recovery.cancel(
                        first.host.live(cluster.log.sagas().get(0)).orElseThrow(),
                        new SagaEvent.Fail(null, "the customer called")));
        settle();

        assertThat(cluster.participants.deeds())
                .extracting(Deed::command)
                .containsExactly("SendInvoice", "RefundPayment");
        assertThat(end().status()).isEqualTo(SagaStatus.COMPENSATED);
    }

    // -- deadlines --------------------------------------------------------------------------------------------------

    private List<String> events() {
        return cluster.log.entries(cluster.log.sagas().get(0)).stream()
                .map(entry -> entry.event().type())
                .toList();
    }

    private void orderUntilShippingIsSilent(Routes routes) throws Exception {
        begin(World.inOrder(), SHIPPING_IS_SILENT);
        Cluster.Member first = host(routes);
        order(first);
        world.run();
        world.advance(Duration.ofSeconds(10));
        first.kill();
    }

    private long sent(String command) {
        return cluster.participants.received().stream()
                .filter(received -> received.command().equals(command))
                .count();
    }

    @Test
    void keepsTheDeadlineOfAStep() throws Exception {
        Routes routes = file("order.camel.xml");
        orderUntilShippingIsSilent(routes);
        world.advance(Duration.ofSeconds(5));
        // what was sent again is answered from the inbox; here, that reply is lost as the first was
        cluster.participants.replyTo(reply -> {});
        host(routes);

        world.advance(Duration.ofSeconds(14));
        assertThat(events()).doesNotContain("STEP_TIMEOUT");
        assertThat(sent("PrepareShipping")).isEqualTo(2);
        world.advance(Duration.ofSeconds(1));
        assertThat(events()).containsOnlyOnce("STEP_TIMEOUT");
        assertThat(cluster.state(cluster.log.sagas().get(0)).status()).isEqualTo(SagaStatus.COMPENSATING);
    }

    @Test
    void waitsForAStepNoLongerThanItsWholeTimeThoughTheClockWasSetBack() throws Exception {
        Routes routes = file("order.camel.xml");
        orderUntilShippingIsSilent(routes);
        world.jump(Duration.ofHours(-1));
        cluster.participants.replyTo(reply -> {});
        host(routes);

        world.advance(Duration.ofSeconds(29));
        assertThat(events()).doesNotContain("STEP_TIMEOUT");
        world.advance(Duration.ofSeconds(1));
        assertThat(events()).containsOnlyOnce("STEP_TIMEOUT");
    }

    @Test
    void sendsNoCommandAgainWhoseDeadlinePassedMeanwhile() throws Exception {
        Routes routes = file("order.camel.xml");
        orderUntilShippingIsSilent(routes);
        world.advance(Duration.ofSeconds(25));

        host(routes);
        settle();

        assertThat(sent("PrepareShipping")).isEqualTo(1);
        assertThat(events())
                .containsOnlyOnce("STEP_TIMEOUT")
                .containsOnlyOnce("TIMEOUT")
                .endsWith("COMPENSATE_COMPLETE");
        assertThat(cluster.participants.deeds())
                .extracting(Deed::command)
                .endsWith("CancelShipping", "CancelCourier", "RefundPayment", "ReleaseStock");
    }

    @Test
    void tellsOnceOfADeadlineOfAStepThatPassedWhateverDiesAfterwards() throws Exception {
        Routes routes = file("order.camel.xml");
        orderUntilShippingIsSilent(routes);
        world.advance(Duration.ofSeconds(25));
        Cluster.Member second = host(routes);
        assertThat(events()).containsOnlyOnce("STEP_TIMEOUT");
        second.kill();

        host(routes);
        settle();

        assertThat(events()).containsOnlyOnce("STEP_TIMEOUT").endsWith("COMPENSATE_COMPLETE");
        assertThat(sent("PrepareShipping")).isEqualTo(1);
    }

    @Test
    void sendsNothingAgainForASagaWhoseDeadlinePassedMeanwhile() throws Exception {
        Routes routes = file("order.camel.xml");
        begin(World.inOrder(), ALL_GOES_WELL);
        Cluster.Member first = host(routes);
        cluster.participants.replyTo(reply -> {});
        order(first);
        world.run();
        assertThat(sent("ReserveStock")).isEqualTo(1);
        first.kill();
        world.advance(Duration.ofMinutes(11));
        cluster.listen();

        host(routes);
        settle();

        assertThat(sent("ReserveStock")).isEqualTo(1);
        assertThat(events())
                .containsOnlyOnce("TIMEOUT")
                .doesNotContain("STEP_TIMEOUT")
                .endsWith("COMPENSATE_COMPLETE");
        assertThat(cluster.participants.deeds())
                .extracting(Deed::command)
                .containsExactly("ReserveStock", "ReleaseStock");
    }

    @Test
    void keepsTheDeadlineOfASagaThatIsEndedByHand() throws Exception {
        Routes routes = java(new OrderRoutes() {
            @Override
            void orderSaga() {
                from("direct:order-saga")
                        .routeId("order-saga")
                        .saga()
                        .propagation(SagaPropagation.REQUIRES_NEW)
                        .completionMode(SagaCompletionMode.MANUAL)
                        .timeout(Duration.ofMinutes(10))
                        .to("direct:reserve-stock");
            }
        });
        begin(World.inOrder(), ALL_GOES_WELL);
        Cluster.Member first = host(routes);
        order(first);
        world.advance(Duration.ofMinutes(9));
        first.kill();
        host(routes);

        world.advance(Duration.ofSeconds(59));
        assertThat(cluster.state(cluster.log.sagas().get(0)).status()).isEqualTo(SagaStatus.EXECUTING);
        world.advance(Duration.ofSeconds(1));

        assertThat(cluster.state(cluster.log.sagas().get(0)).status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(events()).containsOnlyOnce("TIMEOUT");
        assertThat(sent("ReserveStock")).isEqualTo(1);
    }

    // -- routes that changed meanwhile ------------------------------------------------------------------------------

    private static Routes sequence(String... steps) {
        return java(new OrderRoutes() {
            @Override
            void orderSaga() {
                from("direct:order-saga")
                        .routeId("order-saga")
                        .saga()
                        .propagation(SagaPropagation.REQUIRES_NEW)
                        .to(Stream.of(steps).map(step -> "direct:" + step).toArray(String[]::new));
            }
        });
    }

    private void changeRouteAtEveryPoint(Routes before, Routes after, Set<Step> always) throws Exception {
        int acts = undisturbed(before, ALL_GOES_WELL).acts();
        for (int i = 0; i < acts - 1; i++) {
            int act = i;
            crash(before, after, ALL_GOES_WELL, instance -> instance.dieAfter(act));
            End end = end();
            assertThat(end.status()).isEqualTo(SagaStatus.COMPLETED);
            assertThat(end.steps().keySet()).as("died after act %d", act).containsAll(always);
            assertThat(end.deeds())
                    .extracting(Deed::step)
                    .filteredOn(always::contains)
                    .as("died after act %d", act)
                    .contains(always.toArray(Step[]::new));
        }
    }

    @Test
    void goesOnInARouteThatGainedAStep() throws Exception {
        changeRouteAtEveryPoint(
                sequence("reserve-stock", "book-courier"),
                sequence("reserve-stock", "process-payment", "book-courier"),
                Set.of(STOCK, COURIER));
    }

    @Test
    void goesOnInARouteThatLostAStep() throws Exception {
        changeRouteAtEveryPoint(
                sequence("reserve-stock", "process-payment", "book-courier"),
                sequence("reserve-stock", "book-courier"),
                Set.of(STOCK, COURIER));
    }

    @Test
    void undoesAStepThatTheRouteLost() throws Exception {
        begin(
                World.inOrder(),
                participants -> participants.actions(
                        command -> command.command().equals("BookCourier") ? Action.IS_REJECTED : Action.SUCCEEDS));
        Cluster.Member first = host(sequence("reserve-stock", "process-payment", "book-courier"));
        cluster.participants.actions(command -> {
            if (command.command().equals("ProcessPayment")) {
                first.instance.dieAfter(0);
            }
            return command.command().equals("BookCourier") ? Action.IS_REJECTED : Action.SUCCEEDS;
        });
        order(first);
        world.run();
        host(sequence("reserve-stock", "book-courier"));
        settle();

        assertThat(end().status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(cluster.participants.deeds())
                .extracting(Deed::toString)
                .containsExactly(
                        "ReserveStock " + STOCK,
                        "ProcessPayment " + PAYMENT,
                        "RefundPayment " + PAYMENT,
                        "ReleaseStock " + STOCK);
    }

    // -- a step that is taken for each of several ------------------------------------------------------------------

    private static Routes forEach(boolean parallel) {
        return java(new OrderRoutes() {
            @Override
            void orderSaga() {
                var split = from("direct:order-saga")
                        .routeId("order-saga")
                        .saga()
                        .propagation(SagaPropagation.REQUIRES_NEW)
                        .split(simple("${body[items]}"));
                if (parallel) {
                    split.parallelProcessing();
                }
                split.to("direct:reserve-stock").end().to("direct:prepare-shipping");
            }
        });
    }

    @Test
    void takesEachStepOfALoopOnce() throws Exception {
        Undisturbed undisturbed = undisturbed(forEach(false), REFUND_IS_HARD);

        for (int i = 0; i < undisturbed.acts(); i++) {
            int act = i;
            crash(forEach(false), forEach(false), REFUND_IS_HARD, instance -> instance.dieAfter(act));
            assertThat(end()).as("died after act %d", act).isEqualTo(undisturbed.end());
        }
    }

    @Test
    void reservesEachItemOnceWhateverTheOrderOfTheBranches() throws Exception {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            int act = 1 + random.nextInt(14);
            begin(World.byChance(random), ALL_GOES_WELL);
            Cluster.Member first = host(forEach(true));
            first.instance.dieAfter(act);
            order(first);
            world.run();
            host(forEach(true));
            settleByChance();

            if (!cluster.log.sagas().isEmpty()) {
                assertThat(end().status()).as("seed %d", seed).isEqualTo(SagaStatus.COMPLETED);
                assertThat(cluster.participants.deeds())
                        .filteredOn(deed -> deed.command().equals("ReserveStock"))
                        .extracting(deed -> deed.data().asText())
                        .as("seed %d, died after act %d", seed, act)
                        .containsExactlyInAnyOrder("A", "B", "C");
            }
            stop();
            contexts.clear();
        }
    }

    private void settleByChance() {
        while (world.step() || world.passTime()) {
            // until nothing is left
        }
    }
}
