package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.engine.RouteThreads;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.test.World;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.SagaPropagation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Starts while the coordinator does not answer. */
class KeptStartsTest {

    private final World world = World.inOrder();
    private final SimulatedLraCoordinator coordinator = new SimulatedLraCoordinator(world);
    private final List<String> done = new ArrayList<>();
    private SagaRing ring;

    private final class Routes extends RouteBuilder {

        private final String setting;

        private Routes(String setting) {
            this.setting = setting;
        }

        @Override
        public void configure() {
            getContext().getPropertiesComponent().addOverrideProperty("caravan.start", setting);
            from("direct:order")
                    .routeId("order")
                    .saga()
                    .process(exchange -> done.add(exchange.getIn().getBody(String.class)))
                    .to("direct:pay");
            from("direct:pay")
                    .routeId("pay")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("mock:refund")
                    .setBody(constant("paid"));
        }
    }

    private void start(String setting) throws Exception {
        ring = new SagaRing(world, coordinator, new Routes(setting));
        coordinator.isAway(true);
    }

    @AfterEach
    void close() {
        if (ring != null) {
            ring.assertNothingIsPending();
            ring.close();
        }
    }

    private void comesBack() {
        coordinator.isAway(false);
        ring.advance(Duration.ofMinutes(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A"})
    void refusesAStartUnlessItIsToKeepIt(String key) throws Exception {
        start("refuse");

        Exchange refused = ring.answer("direct:order", "x", Map.of(SagaConstants.SAGA_KEY, key));
        comesBack();

        assertThat(refused.getException()).hasMessageContaining("The LRA coordinator");
        assertThat(ring.sagas()).isEmpty();
        assertThat(coordinator.ends()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A"})
    void beginsWhatItKeptWhenTheCoordinatorIsBackAndAnswersWhoWaits(String key) throws Exception {
        start("durable");
        Map<String, Object> headers = Map.of(SagaConstants.SAGA_KEY, key);

        CompletableFuture<Exchange> waits = ring.send("direct:order", "x", headers);
        ring.advance(Duration.ofHours(1));

        assertThat(waits).isNotDone();
        assertThat(ring.saga().isScheduled()).isTrue();
        assertThat(done).isEmpty();
        comesBack();
        assertThat(waits).isDone();
        assertThat(waits.join().getException()).isNull();
        assertThat(waits.join().getProperty(SagaConstants.SAGA_STATUS)).isEqualTo("COMPLETED");
        assertThat(waits.join().getIn().getBody()).isEqualTo("paid");
        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(coordinator.ends()).containsExactly("Closed");
    }

    /** The process dies while the coordinator is away, twice. */
    @Test
    void beginsWhatItToldToBeAcceptedAfterCrashes() throws Exception {
        start("durable");
        SagaStarter starter = new SagaStarter(ring.context);
        List<StartedSaga> started = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            world.as(ring.member.instance, () -> started.add(starter.start("direct:order", "{}", "A", Map.of())));
            world.run();
        }
        SagaState accepted = ring.saga();
        assertThat(started).allSatisfy(one -> assertThat(one.accepted()).isCompletedWithValue(accepted.sagaId()));

        for (int i = 0; i < 2; i++) {
            ring.member.instance.die();
            ring.close();
            ring = ring.takenOver(new Routes("durable"));
            ring.advance(Duration.ofMinutes(10));
            assertThat(done).isEmpty();
        }
        comesBack();

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(done).hasSize(1);
        assertThat(ring.events(accepted.sagaId()))
                .extracting(SagaEvent::type)
                .startsWith("START", "RESUME", "RESUME", "BEGIN");
    }

    /** A start that is tried in vain gives its place back; one that is begun keeps it. */
    @Test
    void beginsNoMoreTogetherThanAreTakenIn() throws Exception {
        start("durable");
        for (String key : List.of("A", "B", "C")) {
            ring.send("direct:order", key, Map.of(SagaConstants.SAGA_KEY, key));
        }
        ring.member.instance.die();
        ring.close();
        List<Boolean> left = new ArrayList<>();
        int[] taken = {0};
        ring.cluster.takeIn(() -> {
            if (taken[0] == 1) {
                return Optional.empty();
            }
            taken[0]++;
            return Optional.of(done -> {
                taken[0]--;
                left.add(done);
            });
        });
        ring = ring.takenOver(new Routes("durable"));
        ring.advance(Duration.ofMinutes(10));
        assertThat(left).hasSizeGreaterThan(9).containsOnly(false);
        assertThat(taken[0]).isZero();
        left.clear();
        comesBack();

        assertThat(ring.sagas()).extracting(SagaState::status).containsOnly(SagaStatus.COMPLETED);
        assertThat(left).containsExactly(true, true, true);
    }

    /** That of its asking is given back before it takes one to begin, though it was asked for less than ten seconds ago. */
    @Test
    void takesOnePlaceAndNotTwo() throws Exception {
        start("durable");
        StartLimit limit = new StartLimit(1, () -> ChronoUnit.NANOS.between(Instant.EPOCH, world.now()));
        ring.cluster.takeIn(limit);
        ring.member.instance.die();
        ring.close();
        ring = ring.takenOver(new Routes("durable"));
        SagaStarter starter = new SagaStarter(ring.context, Map::of, RouteThreads.none(), limit);

        for (String key : List.of("A", "B")) {
            world.as(ring.member.instance, () -> starter.start("direct:order", "{}", key, Map.of()));
            world.run();
        }
        assertThat(ring.sagas()).hasSize(2).allMatch(SagaState::isScheduled);
        assertThat(limit.young()).as("while nothing is tried").isZero();
        coordinator.isAway(false);
        ring.advance(Duration.ofSeconds(2));

        assertThat(ring.sagas()).extracting(SagaState::status).containsOnly(SagaStatus.COMPLETED);
        assertThat(limit.young()).isZero();
        assertThat(limit.refused()).isZero();
    }

    @Test
    void startsAtOnceWhenTheCoordinatorIsThere() throws Exception {
        start("durable");
        coordinator.isAway(false);

        Exchange answered = ring.answer("direct:order", "x");

        assertThat(answered.getProperty(SagaConstants.SAGA_STATUS)).isEqualTo("COMPLETED");
        assertThat(ring.events(ring.saga().sagaId()))
                .extracting(SagaEvent::type)
                .doesNotContain("BEGIN");
    }

    @Test
    void saysWhatTheSettingMayBe() throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.getPropertiesComponent().addOverrideProperty("caravan.start", "later");

            assertThatThrownBy(() -> KeptStarts.check(context))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("caravan.start is 'later'. Say refuse or durable");
        }
    }
}
