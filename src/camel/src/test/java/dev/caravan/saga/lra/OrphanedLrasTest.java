package dev.caravan.saga.lra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.saga.camel.StartedSaga;
import dev.caravan.saga.engine.OwnedPartitions;
import dev.caravan.saga.lra.FakeLraCoordinator.Fault;
import dev.caravan.saga.message.SagaReply;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of LRAs that are Active, and of which no saga in the log knows. */
class OrphanedLrasTest {

    private static final Duration PAUSE = LraRing.REQUEST_TIMEOUT.multipliedBy(2);

    private LraRing ring;

    @BeforeEach
    void start() throws Exception {
        ring = new LraRing();
        ring.service.cancelOrphans();
    }

    @AfterEach
    void stop() {
        assertThat(ring.readers).doesNotContain("engine");
        ring.service.orphans().stop();
        ring.close();
    }

    private void look() {
        int waiting = ring.timers.size();
        long before = looks();
        ring.timers.advance(PAUSE);
        await().until(() -> looks() == before + 1 && ring.timers.size() == waiting);
    }

    private long looks() {
        return ring.coordinator.calls().stream().filter("GET "::equals).count();
    }

    /** The coordinator has started an LRA, and who asked for it is dead, or does not hear of it. */
    private void startWithoutAnswer() {
        ring.coordinator.misbehave(Fault.DROPS_THE_START);
        assertThat(ring.start("direct:order-saga").accepted()).failsWithin(Duration.ofSeconds(20));
    }

    @Test
    void cancelsAnLraThatNoSagaKnows() {
        startWithoutAnswer();
        look();
        assertThat(ring.coordinator.status("lra-1")).isEqualTo("Active");

        look();

        await().until(() -> ring.coordinator.status("lra-1").equals("Cancelled"));
    }

    @Test
    void looksAgainWhenTheCoordinatorDidNotAnswer() {
        startWithoutAnswer();
        look();
        ring.coordinator.setDown(true);
        look();
        ring.coordinator.setDown(false);
        look();

        await().until(() -> ring.coordinator.status("lra-1").equals("Cancelled"));
    }

    @Test
    void leavesTheLraOfASagaInFlightAlone() throws Exception {
        ring.participants.silence("ProcessPayment");
        StartedSaga started = ring.start("direct:order-saga");
        ring.awaitCommand("ProcessPayment");

        look();
        look();
        look();

        assertThat(ring.coordinator.status("lra-1")).isEqualTo("Active");
        ring.host.deliver(SagaReply.success(ring.participants.last("ProcessPayment"), null));
        assertThat(ring.endOf(started).status()).hasToString("COMPLETED");
    }

    @Test
    void leavesTheLrasOfOtherApplicationsAlone() {
        ring.coordinator.started();

        look();
        look();

        assertThat(ring.coordinator.status("lra-1")).isEqualTo("Active");
    }

    /** They are for the instance that knows the sagas there. */
    @Test
    void leavesLrasInPartitionsOfOtherInstancesAlone() {
        startWithoutAnswer();
        OwnedPartitions partitions = ring.ownership.ownPartitions(ring.host);
        look();
        look();
        assertThat(ring.coordinator.status("lra-1")).isEqualTo("Active");

        partitions.gained(0, 0, 0);
        look();
        look();

        await().until(() -> ring.coordinator.status("lra-1").equals("Cancelled"));
    }

    @Test
    void closesTheLraOfASagaThatIsCompleted() throws Exception {
        assertThat(ring.endOf(ring.start("direct:order-saga")).status()).hasToString("COMPLETED");
        ring.coordinator.forgetTheEnd("lra-1");

        look();
        look();

        await().until(() -> ring.coordinator.status("lra-1").equals("Closed"));
        assertThat(ring.participants.commands()).containsExactly("ReserveStock", "ProcessPayment", "ConfirmStock");
    }

    @Test
    void cancelsTheLraOfASagaThatIsCompensated() throws Exception {
        ring.participants.reject("ProcessPayment", "CARD_DECLINED", "The card was declined");
        assertThat(ring.endOf(ring.start("direct:order-saga")).status()).hasToString("COMPENSATED");
        ring.coordinator.forgetTheEnd("lra-1");

        look();
        look();

        await().until(() -> ring.coordinator.status("lra-1").equals("Cancelled"));
        assertThat(ring.participants.commands()).containsExactly("ReserveStock", "ProcessPayment", "ReleaseStock");
    }
}
