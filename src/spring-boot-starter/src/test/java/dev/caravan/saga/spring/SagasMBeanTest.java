package dev.caravan.saga.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.OwnedPartitions;
import dev.caravan.saga.engine.SagaEngine;
import dev.caravan.saga.engine.SagaRecovery;
import dev.caravan.saga.monitoring.SagaView;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.test.ManualTimers;
import dev.caravan.saga.test.TestEngine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import javax.management.MBeanFeatureInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.ObjectName;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jmx.export.annotation.AnnotationMBeanExporter;

/** The MBean as a client of JMX sees it. */
class SagasMBeanTest {

    private static final SagaId TRIP = new SagaId("trip-1");
    private static final Step PAY = new Step("PAY", 1);

    private final InMemorySagaLog log = new InMemorySagaLog();
    private final ManualTimers timers = new ManualTimers();
    private final SagaView view = new SagaView(log, timers.clock(), 100, Duration.ofMinutes(5));
    private final MBeanServer server = MBeanServerFactory.newMBeanServer();
    private final List<SagaId> resumed = new ArrayList<>();
    private final SagaEngine engine = TestEngine.on(log, timers)
            .application("test")
            .partitions(OwnedPartitions.Ends.UNTOLD)
            .recovery(host -> new Noting())
            .build();
    private ObjectName name;

    @BeforeEach
    void export() throws Exception {
        OwnedPartitions partitions = engine.partitions();
        partitions.gained(0, 0, 0);
        AtomicLong offset = new AtomicLong();
        log.follow(entry -> partitions.read(0, offset.getAndIncrement(), entry));
        view.follow();
        name = new ObjectName("dev.caravan:type=Sagas");
        AnnotationMBeanExporter exporter = new AnnotationMBeanExporter();
        exporter.setServer(server);
        exporter.registerManagedResource(new SagasMBean(view, engine.operator(), timers.clock()), name);
        append(new SagaEvent.Start("trip", null, "order-1", null, Map.of()));
        append(new SagaEvent.Enlist(PAY, "direct:refund", null, Map.of()));
        append(new SagaEvent.Fail(null, "full"));
        append(new SagaEvent.StepCompensateFailed(PAY, 2, "away", null));
        append(new SagaEvent.CompensateFail(PAY, "away"));
    }

    private final class Noting implements SagaRecovery {

        @Override
        public void resume(LiveSaga saga) {
            resumed.add(saga.id());
        }

        @Override
        public CompletableFuture<Void> cancel(LiveSaga saga, SagaEvent.Fail reason) {
            return new CompletableFuture<>();
        }
    }

    private void append(SagaEvent event) {
        long sequence = log.read(TRIP).size();
        log.append(new SagaLogEntry(TRIP, sequence, timers.clock().instant(), event));
    }

    @Test
    void describesEachOperationAndItsParameters() throws Exception {
        MBeanOperationInfo[] operations = server.getMBeanInfo(name).getOperations();

        assertThat(operations)
                .extracting(MBeanFeatureInfo::getName)
                .contains("list", "find", "retry", "resolve", "cancel");
        for (MBeanOperationInfo operation : operations) {
            Stream.concat(Stream.of(operation), Arrays.stream(operation.getSignature()))
                    .filter(feature -> !feature.getName().startsWith("get"))
                    .forEach(feature -> {
                        assertThat(feature.getDescription())
                                .as(feature.getName())
                                .contains(" ");
                        assertThat(feature.getName()).doesNotMatch("p[0-9]+");
                    });
        }
    }

    @Test
    void listsAndFindsSagas() throws Exception {
        assertThat(server.getAttribute(name, "NeedingAttention")).isEqualTo(1L);
        assertThat((String) server.getAttribute(name, "Overview")).contains("\"FAILED\":1");
        assertThat(invoke("list", "FAILED", "", "", "", 10)).contains("trip-1", "\"attention\":\"FAILED\"");
        assertThat(invoke("list", "COMPLETED", "", "", "", 10)).isEqualTo("[]");
        assertThat(invoke("find", "trip-1")).contains("COMPENSATION_FAILED");
        assertThatThrownBy(() -> invoke("find", "trip-2")).rootCause().hasMessageContaining("There is no saga trip-2");
    }

    @Test
    void retriesAFailedSaga() throws Exception {
        invoke("retry", "trip-1", "alice", "the bank is back");

        assertThat(resumed).containsExactly(TRIP);
        assertThat(log.read(TRIP))
                .last()
                .extracting(SagaLogEntry::event)
                .isEqualTo(new SagaEvent.Retry("alice", "the bank is back", null, null, null));
    }

    @Test
    void resolvesAFailedSaga() throws Exception {
        invoke("resolve", "trip-1", "alice", "by bank transfer");

        assertThat(view.find(TRIP).orElseThrow().state().status()).isEqualTo(SagaStatus.COMPENSATED);
    }

    @Test
    void refusesWhatCannotBeAndWhatHasNoReason() {
        assertThatThrownBy(() -> invoke("cancel", "trip-1", "alice", "too late"))
                .rootCause()
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> invoke("retry", "trip-1", "alice", " "))
                .rootCause()
                .hasMessageContaining("reason");
        assertThat(log.read(TRIP)).hasSize(5);
    }

    private String invoke(String operation, Object... arguments) throws Exception {
        String[] types = Arrays.stream(arguments)
                .map(argument -> argument instanceof Integer ? "int" : String.class.getName())
                .toArray(String[]::new);
        return (String) server.invoke(name, operation, arguments, types);
    }
}
