package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.engine.Intake;
import dev.caravan.saga.engine.KeyTakenException;
import dev.caravan.saga.engine.RouteThreads;
import dev.caravan.saga.engine.SagaAnswers.Answer;
import dev.caravan.saga.engine.SagaAnswers.By;
import dev.caravan.saga.engine.SagaOperator;
import dev.caravan.saga.engine.StepRefusedException;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.test.SimulatedParticipants.Action;
import dev.caravan.saga.test.World;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaPropagation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sagas that are accepted now and begin later. */
class ScheduledStartsTest extends InEitherMode {

    private static final Map<String, Object> IN_TWO_DAYS = Map.of(SagaConstants.START_AFTER, "48h");

    private final List<String> paid = new ArrayList<>();
    private final List<String> behind = new ArrayList<>();
    private SagaRing ring;

    private final class Routes extends RouteBuilder {
        @Override
        public void configure() {
            from("direct:around")
                    .to("direct:order")
                    .process(exchange -> behind.add(exchange.getIn().getHeader(SagaConstants.SAGA_ID, String.class)));
            from("direct:order")
                    .routeId("order")
                    .saga()
                    .timeout("1h")
                    .process(exchange -> assertThat(exchange.getIn().getHeaders())
                            .doesNotContainKeys(SagaConstants.START_AT, SagaConstants.START_AFTER))
                    .to("direct:pay");
            from("direct:pay")
                    .routeId("pay")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("mock:refund")
                    .process(exchange -> paid.add(exchange.getIn().getBody(String.class)))
                    .to("saga-command:payment/Pay?timeout=30s");
            from("direct:parent")
                    .routeId("parent")
                    .saga()
                    .setHeader(SagaConstants.START_AFTER, constant("1h"))
                    .to("direct:child");
            from("direct:child")
                    .routeId("child")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .to("direct:pay");
            from("direct:approved")
                    .routeId("approved")
                    .saga()
                    .to("saga-await:approval?timeout=1h")
                    .to("direct:pay");
        }
    }

    @BeforeEach
    void start() throws Exception {
        ring = ring(new Routes());
        ring.cluster.participants.actions(command -> Action.SUCCEEDS);
    }

    @AfterEach
    void close() {
        ring.assertNothingIsPending();
        ring.close();
    }

    private void takeOver() throws Exception {
        ring.member.instance.die();
        ring.close();
        ring = ring.takenOver(new Routes());
    }

    private static Map<String, Object> with(String key) {
        Map<String, Object> headers = new HashMap<>(IN_TWO_DAYS);
        headers.put(SagaConstants.SAGA_KEY, key);
        return headers;
    }

    private List<String> types() {
        return ring.events(ring.saga().sagaId()).stream().map(SagaEvent::type).toList();
    }

    @Test
    void beginsWhenItsTimeHasComeAndNotBefore() {
        Exchange accepted = ring.answer("direct:around", "order-1", IN_TWO_DAYS);
        ring.advance(Duration.ofHours(48).minusMillis(1));

        assertThat(ring.saga().isScheduled()).isTrue();
        assertThat(ring.saga().status()).isEqualTo(SagaStatus.EXECUTING);
        assertThat(ring.saga().start().at()).isEqualTo(ring.saga().startedAt().plus(Duration.ofHours(48)));
        assertThat(behind).containsExactly(ring.saga().sagaId().value());
        assertThat(accepted.getException()).isNull();
        assertThat(types()).containsExactly("START");
        assertThat(paid).isEmpty();

        ring.advance(Duration.ofMillis(1));

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(types()).startsWith("START", "BEGIN", "LIMIT");
        assertThat(paid).containsExactly("order-1");
        assertThat(behind).hasSize(1);
    }

    @Test
    void beginsAtATime() {
        ring.answer(
                "direct:order",
                "x",
                Map.of(SagaConstants.START_AT, ring.world.now().plusSeconds(90)));
        assertThat(paid).isEmpty();

        ring.advance(Duration.ofSeconds(90));

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
    }

    @Test
    void beginsAtOnceWhatWasToBeginBefore() {
        Exchange answered = ring.answer("direct:order", "x", Map.of(SagaConstants.START_AT, "2020-01-01T00:00:00Z"));

        assertThat(answered.getProperty(SagaConstants.SAGA_STATUS)).isEqualTo("COMPLETED");
        assertThat(types()).doesNotContain("BEGIN");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tomorrow", "-1h", "", "P", "1h ago", "400d", "99999999999999999999", "PT-5M"})
    void startsNothingForATimeThatIsNone(String after) {
        Exchange refused = ring.answer("direct:order", "x", Map.of(SagaConstants.START_AFTER, after));
        Exchange both = ring.answer(
                "direct:order",
                "x",
                Map.of(SagaConstants.START_AFTER, "1h", SagaConstants.START_AT, "2030-01-01T00:00:00Z"));
        Exchange far = ring.answer("direct:order", "x", Map.of(SagaConstants.START_AT, "2190-01-01T00:00:00Z"));

        assertThat(List.of(refused, both, far))
                .extracting(Exchange::getException)
                .hasOnlyElementsOfType(IllegalArgumentException.class);
        assertThat(ring.sagas()).isEmpty();
    }

    /** The process dies twice before the time has come, and the next one comes when it is over. */
    @ParameterizedTest
    @ValueSource(ints = {10, 47, 49})
    void beginsAfterCrashes(int hours) throws Exception {
        ring.answer("direct:order", "x", IN_TWO_DAYS);
        takeOver();
        assertThat(paid).isEmpty();
        ring.member.instance.die();
        ring.advance(Duration.ofHours(hours));
        ring.close();
        ring = ring.takenOver(new Routes());
        assertThat(paid).hasSize(hours < 48 ? 0 : 1);

        ring.advance(Duration.ofHours(48));

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(paid).hasSize(1);
    }

    /** It dies at any append or request around the time at which the saga begins. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
    void beginsOnceHoweverItDiesThen(int acts) throws Exception {
        ring.answer("direct:order", "x", IN_TWO_DAYS);
        ring.member.instance.dieAfter(acts);
        ring.advance(Duration.ofHours(49));
        ring.close();
        ring = ring.takenOver(new Routes());
        ring.advance(Duration.ofHours(1));

        assertThat(ring.saga().status()).isIn(SagaStatus.COMPLETED, SagaStatus.COMPENSATED);
        assertThat(types().stream().filter("BEGIN"::equals)).hasSize(1);
    }

    @Test
    void neverBeginsWhenItWasCancelled() {
        ring.answer("direct:order", "x", IN_TWO_DAYS);
        SagaOperator operator = new SagaOperator(ring.member.host, ring.member.host.requests());

        ring.world.as(ring.member.instance, () -> operator.cancel(ring.saga().sagaId(), "ann", "ordered by mistake"));
        ring.world.run();

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(types()).containsExactly("START", "FAIL", "COMPENSATE_COMPLETE");
        ring.advance(Duration.ofDays(3));
        assertThat(types()).hasSize(3);
        assertThat(paid).isEmpty();
    }

    /** Another instance asks for it in the log, and who has heard of it dies in between. */
    @Test
    void isCancelledByWhoDoesNotRunIt() throws Exception {
        ring.answer("direct:order", "x", IN_TWO_DAYS);
        ring.world.as(
                ring.member.instance,
                () -> ring.member.host.requests().ask(ring.saga().sagaId(), new SagaEvent.Fail(null, "by mistake")));
        ring.world.run();
        takeOver();
        ring.advance(Duration.ofDays(3));

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(types()).doesNotContain("BEGIN");
    }

    /** The log says that it is to be undone, and who wrote that died. */
    @Test
    void endsWhatWasCancelledBeforeACrash() throws Exception {
        ring.answer("direct:order", "x", IN_TWO_DAYS);
        ring.member.instance.dieAfter(0);
        ring.world.as(ring.member.instance, () -> new SagaOperator(ring.member.host, ring.member.host.requests())
                .cancel(ring.saga().sagaId(), "ann", "by mistake"));
        ring.world.run();
        takeOver();

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(types()).containsExactly("START", "FAIL", "RESUME", "COMPENSATE_COMPLETE");
    }

    @Test
    void isOneSagaForOneKey() throws Exception {
        ring.answer("direct:around", "x", with("A"));
        Exchange again = ring.answer("direct:around", "x", with("A"));
        takeOver();
        Exchange afterCrash = ring.answer("direct:around", "x", with("A"));
        Exchange other = ring.answer("direct:around", "y", with("A"));

        assertThat(List.of(again, afterCrash))
                .extracting(Exchange::getException)
                .containsOnlyNulls();
        assertThat(other.getException()).isInstanceOf(KeyTakenException.class);
        assertThat(behind).hasSize(3).containsOnly(ring.saga().sagaId().value());
        assertThat(paid).isEmpty();
        ring.advance(Duration.ofHours(48));
        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(paid).hasSize(1);
    }

    @Test
    void tellsWhoStartsItThatItWasAccepted() {
        SagaStarter starter = new SagaStarter(ring.context);
        List<StartedSaga> started = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            ring.world.as(
                    ring.member.instance,
                    () -> started.add(starter.start("direct:order", Map.of("orderId", 1), "A", IN_TWO_DAYS)));
            ring.world.run();
        }

        SagaId saga = ring.saga().sagaId();
        assertThat(started).allSatisfy(one -> assertThat(one.accepted()).isCompletedWithValue(saga));
        assertThat(started.get(0).before().join()).isEmpty();
        assertThat(started.get(1).before().join()).contains(SagaStatus.EXECUTING);
        assertThat(started).noneMatch(one -> one.ended().isDone());
        ring.advance(Duration.ofHours(48));
        assertThat(started)
                .allSatisfy(one -> assertThat(one.ended().join().status()).isEqualTo(SagaStatus.COMPLETED));
    }

    /** So many begin later that no more could be taken in now. */
    @Test
    void takesNoPlaceAmongThoseThatAreTakenInNow() {
        SagaStarter starter = new SagaStarter(ring.context, Map::of, RouteThreads.none(), new StartLimit(1));
        List<StartedSaga> started = new ArrayList<>();
        for (String key : List.of("A", "B", "C")) {
            ring.world.as(
                    ring.member.instance, () -> started.add(starter.start("direct:order", Map.of(), key, IN_TWO_DAYS)));
            ring.world.run();
        }

        assertThat(started)
                .allMatch(one -> one.accepted().isDone() && !one.accepted().isCompletedExceptionally());
        ring.advance(Duration.ofHours(48));
    }

    private long begun() {
        return ring.sagas().stream().filter(saga -> !saga.isScheduled()).count();
    }

    private void schedule(String endpoint, String... keys) {
        for (String key : keys) {
            ring.answer(endpoint, key, with(key));
        }
    }

    /** They became due while nobody was there. Those that began wait for an approval, and are no longer young after 10 s. */
    @Test
    void beginsNoMoreTogetherThanAreTakenIn() throws Exception {
        schedule("direct:approved", "A", "B", "C", "D", "E");
        ring.member.instance.die();
        ring.advance(Duration.ofHours(50));
        ring.close();
        World world = ring.world;
        ring.cluster.takeIn(new StartLimit(2, () -> ChronoUnit.NANOS.between(Instant.EPOCH, world.now())));
        ring = ring.takenOver(new Routes());
        assertThat(begun()).isEqualTo(2);

        ring.advance(Duration.ofSeconds(10));
        assertThat(begun()).isEqualTo(2);
        ring.advance(Duration.ofSeconds(1));
        assertThat(begun()).isEqualTo(4);
        ring.advance(Duration.ofSeconds(11));
        assertThat(ring.sagas()).noneMatch(SagaState::isScheduled);
        assertThat(ring.sagas())
                .extracting(saga -> saga.start().key() + saga.startedAt())
                .isSorted();
        ring.advance(Duration.ofHours(1));
    }

    /** There is room for one, and each makes room for the next without time going by. */
    @Test
    void beginsTheNextWhenOneHasEndedAndNoneThatWasCancelledMeanwhile() throws Exception {
        Room room = new Room();
        ring.cluster.takeIn(room);
        takeOver();
        room.free = false;
        schedule("direct:order", "A", "B", "C");
        ring.advance(Duration.ofHours(50));
        assertThat(begun()).isZero();
        SagaId cancelled = ring.sagas().get(1).sagaId();
        ring.world.as(ring.member.instance, () -> new SagaOperator(ring.member.host, ring.member.host.requests())
                .cancel(cancelled, "ann", "by mistake"));
        ring.world.run();

        room.free = true;
        ring.advance(Duration.ofSeconds(1));

        assertThat(ring.sagas())
                .extracting(SagaState::status)
                .containsExactly(SagaStatus.COMPLETED, SagaStatus.COMPENSATED, SagaStatus.COMPLETED);
        assertThat(paid).containsExactly("A", "C");
        assertThat(room.ended).isEqualTo(2);
    }

    private static final class Room implements Intake {

        private boolean free = true;
        private int ended;

        @Override
        public Optional<Place> take() {
            if (!free) {
                return Optional.empty();
            }
            free = false;
            return Optional.of(done -> {
                free = true;
                ended += done ? 1 : 0;
            });
        }
    }

    @Test
    void takesSignalsAndNoStepsBeforeItBegins() {
        ring.answer("direct:approved", "x", IN_TWO_DAYS);
        SagaId saga = ring.saga().sagaId();
        ring.world.as(
                ring.member.instance,
                () -> ring.member.answers.signal(
                        saga, "approval", null, Answer.yes(TextNode.valueOf("go")), By.NOBODY));
        ring.world.run();

        Exchange joined = ring.answer("direct:pay", "x", Map.of(Exchange.SAGA_LONG_RUNNING_ACTION, saga.value()));

        assertThat(joined.getException())
                .isInstanceOf(StepRefusedException.class)
                .hasMessageContaining("has not begun");
        ring.advance(Duration.ofHours(48));
        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(paid).containsExactly("go");
    }

    @Test
    void schedulesNoSagaThatAnotherOneWaitsFor() {
        Exchange refused = ring.answer("direct:parent", "x");

        assertThat(refused.getException())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot be scheduled");
        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(paid).isEmpty();
    }

    /** What carries a saga forward knows that it has not begun. */
    @Test
    void isCarriedForward() throws Exception {
        ring.answer("direct:order", "x", IN_TWO_DAYS);
        ring.advance(Duration.ofHours(25));
        ring.world.as(ring.member.instance, () -> ring.member.owned.carryForward(ring.world.now()));
        ring.world.run();
        takeOver();

        assertThat(types()).containsExactly("START", "SNAPSHOT", "RESUME");
        assertThat(ring.saga().isScheduled()).isTrue();
        ring.advance(Duration.ofHours(24));
        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
    }
}
