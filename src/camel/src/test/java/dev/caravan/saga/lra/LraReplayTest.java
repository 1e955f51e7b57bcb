package dev.caravan.saga.lra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.state.Child;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.model.SagaPropagation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A saga's route is run again: its children are found, and another path than the log's is found out. Mode {@code lra}. */
class LraReplayTest {

    private static final SagaId ID = new SagaId("lra-1");

    private final AtomicBoolean anotherWay = new AtomicBoolean();
    private LraRing ring;
    private PartitionReader partition;

    private final class Routes extends RouteBuilder {

        @Override
        public void configure() {
            saga("parent", SagaPropagation.REQUIRES_NEW).to("direct:child").to("direct:ship");
            saga("child", SagaPropagation.REQUIRES_NEW).to("direct:pay");
            saga("owner", SagaPropagation.REQUIRES_NEW).to("direct:owned").to("direct:ship");
            from("direct:owned")
                    .routeId("owned")
                    .routeProperty("saga.child", "undone-with-parent")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .to("direct:pay");
            saga("choosing", SagaPropagation.REQUIRES_NEW)
                    .choice()
                    .when(exchange -> anotherWay.get())
                    .to("direct:pay-by-invoice")
                    .otherwise()
                    .to("direct:pay")
                    .end()
                    .to("direct:ship");
            for (String step : List.of("pay", "pay-by-invoice", "ship")) {
                saga(step, SagaPropagation.MANDATORY)
                        .compensation("direct:undo")
                        .to("saga-command:shop/" + step + "?timeout=60s");
            }
            from("direct:undo").routeId("undo").to("saga-command:shop/undo");
        }

        private SagaDefinition saga(String name, SagaPropagation propagation) {
            return from("direct:" + name).routeId(name).saga().propagation(propagation);
        }
    }

    @BeforeEach
    void starts() throws Exception {
        ring = new LraRing(new Routes());
        List.of("pay", "pay-by-invoice", "ship", "undo").forEach(command -> ring.participants.succeed(command, "{}"));
        partition = new PartitionReader(ring.ownership.ownPartitions(ring.host), ring.log);
    }

    @AfterEach
    void stops() {
        try {
            ring.close();
        } finally {
            partition.close();
        }
    }

    /** The command is never answered; the sagas move away, and come back. */
    private void moves(String saga, String silent) {
        ring.participants.silence(silent);
        ring.start("direct:" + saga);
        ring.awaitCommand(silent);
        partition.lose();
        ring.participants.succeed(silent, "{}");
        partition.comeBack();
    }

    private SagaState state(SagaId id) {
        return SagaState.replay(id, ring.log.read(id));
    }

    /** Time goes by no faster than it does: a command is answered before its time is over. */
    private void awaitEnd(SagaId id, SagaStatus status) {
        await().untilAsserted(() -> {
            ring.timers.advance(Duration.ofMillis(100));
            assertThat(state(id).status()).isEqualTo(status);
        });
    }

    private List<SagaId> sagas() {
        return partition.entries().stream().map(SagaLogEntry::sagaId).distinct().toList();
    }

    @Test
    void goesOnWithAChildThatWasAtWork() {
        moves("parent", "pay");

        awaitEnd(ID, SagaStatus.COMPLETED);

        assertThat(sagas()).hasSize(2).allSatisfy(saga -> assertThat(state(saga).status())
                .isEqualTo(SagaStatus.COMPLETED));
        assertThat(ring.participants.commands()).containsExactly("pay", "pay", "ship");
    }

    @Test
    void findsAChildThatHadEnded() {
        moves("parent", "ship");

        awaitEnd(ID, SagaStatus.COMPLETED);

        assertThat(sagas()).hasSize(2);
        assertThat(state(ID).children()).extracting(Child::name).containsExactly("child");
        assertThat(ring.participants.commands()).containsExactly("pay", "ship", "ship");
    }

    @Test
    void completesAChildThatIsUndoneWithItsParentWhenThatCompletes() {
        moves("owner", "ship");

        awaitEnd(ID, SagaStatus.COMPLETED);

        assertThat(sagas()).hasSize(2).allSatisfy(saga -> assertThat(state(saga).status())
                .isEqualTo(SagaStatus.COMPLETED));
        assertThat(ring.participants.commands()).containsExactly("pay", "ship", "ship");
    }

    @Test
    void undoesAChildThatIsUndoneWithItsParentWhenThatIsUndone() {
        ring.participants.silence("ship");
        ring.start("direct:owner");
        ring.awaitCommand("ship");
        assertThat(state(sagas().get(1)).status()).isEqualTo(SagaStatus.EXECUTING);

        ring.service.cancel(ring.host.live(ID).orElseThrow(), new SagaEvent.Fail(null, "ann: it is too old"));
        awaitEnd(ID, SagaStatus.COMPENSATED);

        assertThat(sagas()).hasSize(2).allSatisfy(saga -> assertThat(state(saga).status())
                .isEqualTo(SagaStatus.COMPENSATED));
        assertThat(ring.participants.commands()).containsExactly("pay", "ship", "undo", "undo");
        assertThat(ring.coordinator.calls())
                .filteredOn(call -> call.endsWith("/cancel"))
                .isNotEmpty();
    }

    @Test
    void waitsForAPersonWhenTheRouteTakesAnotherPath() {
        flips("ship");

        await().untilAsserted(() ->
                assertThat(state(ID).reason()).isEqualTo("the log has PAY next, the route asked for PAY_BY_INVOICE"));
        assertThat(state(ID).status()).isEqualTo(SagaStatus.EXECUTING);
        assertThat(ring.participants.commands()).containsExactly("pay", "ship");
        assertThat(ring.coordinator.calls()).noneMatch(call -> call.endsWith("/close") || call.endsWith("/cancel"));

        ring.service.cancel(ring.host.live(ID).orElseThrow(), new SagaEvent.Fail(null, "ann: it is too old"));
        awaitEnd(ID, SagaStatus.COMPENSATED);
    }

    @Test
    void isUndoneWhereTheSettingSaysSo() {
        ring.context.getPropertiesComponent().addInitialProperty("caravan.other-path", "undo");
        flips("ship");

        awaitEnd(ID, SagaStatus.COMPENSATED);

        assertThat(state(ID).reason()).isEqualTo("the log has PAY next, the route asked for PAY_BY_INVOICE");
        assertThat(ring.participants.commands()).containsExactly("pay", "ship", "undo", "undo");
    }

    /** When it comes back, its route chooses otherwise. */
    private void flips(String silent) {
        ring.participants.silence(silent);
        ring.start("direct:choosing");
        ring.awaitCommand(silent);
        anotherWay.set(true);
        partition.lose();
        partition.comeBack();
    }
}
