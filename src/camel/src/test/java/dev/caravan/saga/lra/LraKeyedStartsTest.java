package dev.caravan.saga.lra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.camel.SagaConstants;
import dev.caravan.saga.camel.SagaStarter;
import dev.caravan.saga.camel.StartedSaga;
import dev.caravan.saga.engine.Begun;
import dev.caravan.saga.engine.KeyTakenException;
import dev.caravan.saga.engine.OwnedPartitions;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.lra.FakeLraCoordinator.Fault;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.test.TestEngine;
import dev.caravan.testing.HangLimit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaPropagation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts with a key that come again, where a coordinator decides. */
class LraKeyedStartsTest {

    private static final String KEY = "order-1";

    private final List<SagaLogEntry> read = new CopyOnWriteArrayList<>();
    private LraRing ring;
    private volatile boolean reads;

    private static final class Routes extends RouteBuilder {
        @Override
        public void configure() {
            from("direct:limited")
                    .routeId("limited")
                    .saga()
                    .timeout("5m")
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .to("direct:process-payment");
            from("direct:insure")
                    .routeId("insure")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("mock:uninsure")
                    .to("mock:insure");
        }
    }

    @BeforeEach
    void start() throws Exception {
        ring = new LraRing(new Routes());
        ring.context.getPropertiesComponent().addOverrideProperty("caravan.start-key", "unique");
    }

    @AfterEach
    void stop() {
        ring.service.orphans().stop();
        ring.close();
    }

    private StartedSaga starts(String endpoint, int amount) {
        return new SagaStarter(ring.context).start(endpoint, Map.of("amount", amount), KEY, Map.of());
    }

    private StartedSaga starts() {
        return starts("direct:order-saga", 5);
    }

    private List<SagaId> begun() {
        List<SagaId> begun = new ArrayList<>();
        ring.log.replay(0, entry -> {
            if (entry.event() instanceof SagaEvent.Start) {
                begun.add(entry.sagaId());
            }
        });
        return begun;
    }

    private long lras() {
        return ring.coordinator.calls().stream().filter("POST /start"::equals).count();
    }

    /** This instance has partitions, as in Kafka, none yet, and reads them back when it is to. */
    private OwnedPartitions partitions() {
        OwnedPartitions partitions = ring.ownership.ownPartitions(ring.host);
        ring.log.follow(entry -> {
            read.add(entry);
            if (reads) {
                partitions.read(0, read.size() - 1, entry);
            }
        });
        return partitions;
    }

    /** The next owner comes, and reads what is there. */
    private void gains(OwnedPartitions partitions) {
        reads = true;
        partitions.gained(0, 0, 1);
        partitions.read(0, 0, read.get(0));
    }

    @Test
    void startsOneSagaAndOneLraForOneKey() throws Exception {
        StartedSaga first = starts();
        SagaState end = ring.endOf(first);
        StartedSaga again = starts();

        assertThat(end.status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(again.accepted()).succeedsWithin(HangLimit.TIME).isEqualTo(end.sagaId());
        assertThat(again.before()).succeedsWithin(HangLimit.TIME).isEqualTo(Optional.of(SagaStatus.COMPLETED));
        assertThat(ring.endOf(again)).isEqualTo(end);
        assertThat(begun()).containsExactly(end.sagaId());
        assertThat(lras()).isOne();
        assertThat(ring.coordinator.status("lra-1")).isEqualTo("Closed");
        assertThat(ring.participants.commands()).containsExactly("ReserveStock", "ProcessPayment", "ConfirmStock");
    }

    @Test
    void answersARouteThatWaitsAsTheFirst() {
        List<Exchange> answered = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            answered.add(ring.context.createProducerTemplate().request("direct:order-saga", exchange -> {
                exchange.getIn().setBody("{}");
                exchange.getIn().setHeader(SagaConstants.SAGA_KEY, KEY);
            }));
        }

        assertThat(answered)
                .extracting(exchange -> exchange.getProperty(SagaConstants.SAGA_STATUS))
                .containsExactly("COMPLETED", "COMPLETED");
        assertThat(begun()).hasSize(1);
        assertThat(lras()).isOne();
    }

    @Test
    void refusesAnotherBodyWithTheSameKey() throws Exception {
        ring.endOf(starts());

        assertThatThrownBy(() -> starts("direct:order-saga", 6).accepted().join())
                .hasRootCauseInstanceOf(KeyTakenException.class);
        assertThat(begun()).hasSize(1);
        assertThat(lras()).isOne();
    }

    /** Somebody else, who has only the header, joins by what the route's exchanges carry. */
    @Test
    void isFoundByWhatItsExchangesCarry() throws Exception {
        ring.participants.silence("ProcessPayment");
        StartedSaga started = starts();
        ring.awaitCommand("ProcessPayment");
        SagaId saga = started.accepted().join();
        String action = ring.host.live(saga).orElseThrow().state().start().coordinator();

        Exchange joined = ring.send("direct:insure", action);

        assertThat(joined.getException()).isNull();
        assertThat(action).isEqualTo(ring.coordinator.url() + "/lra-1?saga=" + saga);
        assertThat(ring.host.live(saga).orElseThrow().state().steps()).hasSize(3);
        ring.host.deliver(SagaReply.success(ring.participants.last("ProcessPayment"), null));
        assertThat(ring.endOf(started).status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(ring.coordinator.status("lra-1")).isEqualTo("Closed");
    }

    @Test
    void tellsTheCoordinatorTheTimeLimitOfTheRoute() throws Exception {
        SagaState end = ring.endOf(starts("direct:limited", 5));

        assertThat(end.status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(end.deadline()).isNotNull();
        assertThat(ring.coordinator.calls()).startsWith("POST /start", "PUT /lra-1/renew");
    }

    /** The process dies between the start of the LRA and START: the key has no saga, and the LRA nobody. */
    @Test
    void startsOneSagaWhenTheFirstDiedBetweenLraAndStart() throws Exception {
        ring.coordinator.misbehave(Fault.DROPS_THE_START);
        assertThat(starts().accepted()).failsWithin(HangLimit.TIME);
        assertThat(begun()).isEmpty();

        ring.timers.advance(Duration.ofMillis(1));
        SagaState end = ring.endOf(starts());

        assertThat(begun()).containsExactly(end.sagaId());
        assertThat(ring.coordinator.status("lra-2")).isEqualTo("Closed");
        ring.service.orphans().look().join();
        ring.service.orphans().look().join();
        await().until(() -> ring.coordinator.status("lra-1").equals("Cancelled"));
    }

    @Test
    void leavesTheLraOfItsSagaInFlightAlone() throws Exception {
        ring.participants.silence("ProcessPayment");
        StartedSaga started = starts();
        ring.awaitCommand("ProcessPayment");

        ring.service.orphans().look().join();
        ring.service.orphans().look().join();

        assertThat(ring.coordinator.status("lra-1")).isEqualTo("Active");
        ring.host.deliver(SagaReply.success(ring.participants.last("ProcessPayment"), null));
        assertThat(ring.endOf(started).status()).isEqualTo(SagaStatus.COMPLETED);
    }

    /** START is in the log, and the owner died before it read that. */
    @Test
    void goesOnWithTheSagaThatAnOwnerHadBegun() {
        OwnedPartitions partitions = partitions();
        partitions.gained(0, 0, 0);
        StartedSaga lost = starts();
        await().until(() -> read.size() == 1);
        partitions.lost(0);
        assertThat(lost.accepted()).failsWithin(HangLimit.TIME);

        gains(partitions);
        StartedSaga again = starts();

        SagaId saga = read.get(0).sagaId();
        assertThat(again.accepted()).succeedsWithin(HangLimit.TIME).isEqualTo(saga);
        await().until(() -> ring.host.read(saga).status() == SagaStatus.COMPLETED);
        assertThat(begun()).containsExactly(saga);
        assertThat(lras()).isOne();
    }

    /** Another instance asks for it in the log, and this one owns the key. */
    @Test
    void startsWhatAnotherInstanceAsksFor() {
        OwnedPartitions partitions = partitions();
        SagaHost other = TestEngine.on(ring.log, ring.timers)
                .instance("other")
                .partitions(OwnedPartitions.Ends.UNTOLD)
                .build()
                .host();
        SagaEvent.Start start =
                new SagaEvent.Start("order-saga", null, KEY, TextNode.valueOf("{}"), Map.of(), "orders");
        CompletableFuture<Begun> asked = other.keys().start(start, HangLimit.TIME);
        await().until(() -> read.size() == 1);
        assertThat(lras()).isZero();

        gains(partitions);

        assertThat(asked).succeedsWithin(HangLimit.TIME);
        SagaId saga = asked.join().saga();
        await().until(() -> ring.host.read(saga).status() == SagaStatus.COMPLETED);
        assertThat(begun()).containsExactly(saga);
        assertThat(lras()).isOne();
    }

    /** As after a crash, before the file was moved away. */
    @Test
    void startsOneSagaForAFileThatIsReadAgain(@TempDir Path directory) throws Exception {
        ring.context.getPropertiesComponent().addOverrideProperty("caravan.start-key", "message");
        Files.writeString(directory.resolve("order.json"), "{\"orderId\":\"o1\"}");
        List<Object> answered = new CopyOnWriteArrayList<>();
        ring.context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                onException(Exception.class)
                        .process(exchange -> answered.add(exchange.getProperty(Exchange.EXCEPTION_CAUGHT)));
                fromF("file:%s?noop=true&idempotent=false&initialDelay=0&delay=20", directory)
                        .routeId("files")
                        .convertBodyTo(String.class)
                        .to("direct:order-saga")
                        .process(exchange -> answered.add(exchange.getProperty(SagaConstants.SAGA_STATUS)));
            }
        });

        await().untilAsserted(() -> assertThat(answered).hasSizeGreaterThan(1));
        ring.context.getRouteController().stopRoute("files");

        assertThat(answered).containsOnly("COMPLETED");
        assertThat(begun()).hasSize(1);
        assertThat(ring.host.read(begun().get(0)).start().key()).startsWith("order.json-");
        assertThat(lras()).isOne();
    }
}
