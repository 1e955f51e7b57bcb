package dev.caravan.saga.lra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.engine.OwnedPartitions;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.model.SagaPropagation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Steps of beans whose instance loses the saga: one that ended is not done again, and one in doubt is undone. */
class StepEndsLraTest {

    private static final SagaId ID = new SagaId("lra-1");

    private final List<String> effects = new CopyOnWriteArrayList<>();
    private final List<String> undone = new CopyOnWriteArrayList<>();
    private final AtomicBoolean loses = new AtomicBoolean();
    private LraRing ring;
    private OwnedPartitions partitions;

    private final class Trip extends RouteBuilder {

        @Override
        public void configure() {
            from("direct:trip").routeId("trip").saga().to("direct:order").to("direct:pay");
            from("direct:short").routeId("short").saga().to("direct:order").process(exchange -> partitions.lost(0));
            step("order")
                    .process(exchange -> exchange.getIn().setHeader("id", UUID.randomUUID()))
                    .process(exchange -> effects.add("order " + exchange.getIn().getHeader("id")));
            step("pay")
                    .process(exchange -> effects.add("pay " + exchange.getIn().getHeader("id")))
                    .process(exchange -> {
                        if (loses.getAndSet(false)) {
                            partitions.lost(0);
                        }
                    })
                    .to("direct:command");
            from("direct:command")
                    .routeId("command")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .setBody(constant("{}"))
                    .to("saga-command:stock/ReserveStock");
            for (String name : List.of("order", "pay")) {
                from("direct:undo-" + name).routeId("undo-" + name).process(exchange -> undone.add(name));
            }
        }

        private SagaDefinition step(String name) {
            return from("direct:" + name)
                    .routeId(name)
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:undo-" + name);
        }
    }

    @BeforeEach
    void starts() throws Exception {
        ring = new LraRing(new Trip());
        partitions = ring.ownership.ownPartitions(ring.host);
        partitions.gained(0, 0, 0);
        ring.log.follow(entry -> partitions.read(0, entry.sequence(), entry));
    }

    @AfterEach
    void stops() {
        ring.close();
    }

    private void comesBack() {
        partitions.lost(0);
        List<SagaLogEntry> entries = ring.log.read(ID);
        partitions.gained(0, 0, entries.size());
        entries.forEach(entry -> partitions.read(0, entry.sequence(), entry));
    }

    private SagaState awaitEnd(SagaStatus status) {
        await().untilAsserted(() -> {
            ring.timers.advance(LraRing.RETRY);
            assertThat(SagaState.replay(ID, ring.log.read(ID)).status())
                    .as("%s", ring.log.read(ID))
                    .isEqualTo(status);
        });
        return SagaState.replay(ID, ring.log.read(ID));
    }

    @Test
    void aStepThatEndedIsAnsweredFromTheLog() {
        loses.set(true);
        ring.start("direct:trip");
        await().until(() -> effects.size() == 2 && !loses.get());
        String id = effects.get(0).split(" ")[1];

        comesBack();
        SagaState end = awaitEnd(SagaStatus.COMPENSATED);

        assertThat(effects).containsExactly("order " + id, "pay " + id);
        assertThat(end.reason()).contains("Step PAY is in doubt");
        await().until(() -> undone.size() == 2);
        assertThat(undone).containsExactly("pay", "order");
    }

    @Test
    void aStepIsNotDoneAgainThatEndedBeforeTheSagaMoved() {
        ring.participants.silence("ReserveStock");
        ring.start("direct:trip");
        ring.awaitCommand("ReserveStock");
        assertThat(ring.log.read(ID).stream().map(SagaLogEntry::event).filter(SagaEvent.StepEnd.class::isInstance))
                .hasSize(1);

        comesBack();
        awaitEnd(SagaStatus.COMPENSATED);

        assertThat(effects).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void aRouteWhoseSagaMovedAwayDoesNotEndIt() {
        Exchange exchange = ring.send("direct:short", null);

        assertThat(exchange.getException()).hasMessageContaining("goes on in another instance");
        assertThat(ring.coordinator.status(ID.value())).isEqualTo("Active");
    }

    @Test
    void aSagaWithoutACrashCompletes() throws Exception {
        assertThat(ring.endOf(ring.start("direct:trip")).status()).isEqualTo(SagaStatus.COMPLETED);

        assertThat(ring.events(ID).stream().filter("STEP_END"::equals)).hasSize(3);
    }
}
