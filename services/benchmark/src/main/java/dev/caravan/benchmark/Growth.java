package dev.caravan.benchmark;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.camel.SagaStarter;
import dev.caravan.saga.engine.SagaListener;
import dev.caravan.saga.kafka.Topics;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Many sagas that wait for the second step, whose participant is silent: what each costs, what they hold in the heap
 * when the command of each was sent, and how long another start of the application takes until all of them go on.
 */
final class Growth {

    static final String HEADINGS =
            "| in flight | CPU ms/saga | heap MB | heap MB after the restart | until all go on, s |";

    private static final int STARTING_AT_THE_SAME_TIME = 256;
    private static final long PATIENCE_SECONDS = 180;
    private static final String SILENT = Topics.commandsOf(OrderStep.PROCESS_PAYMENT.service());

    private final int sagas;

    Growth(int sagas) {
        this.sagas = sagas;
    }

    /** Says which sagas have come to an event of a type. */
    private static final class Arrivals implements SagaListener {

        private final Class<? extends SagaEvent> type;
        private final Semaphore arrived = new Semaphore(0);

        Arrivals(Class<? extends SagaEvent> type) {
            this.type = type;
        }

        @Override
        public void onEntry(SagaLogEntry entry, SagaState after) {
            if (type.isInstance(entry.event())) {
                arrived.release();
            }
        }

        void await(int count) throws InterruptedException {
            if (!arrived.tryAcquire(count, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("%d of %d sagas came to %s in %d s"
                        .formatted(arrived.availablePermits(), count, type.getSimpleName(), PATIENCE_SECONDS));
            }
        }
    }

    void print(PrintStream out) throws Exception {
        try (Broker broker = Broker.start(false);
                Effects effects = new Effects()) {
            Usage usage;
            long heap;
            long empty;
            Arrivals created = new Arrivals(SagaEvent.Success.class);
            try (ConfigurableApplicationContext first = start(broker, effects, created)) {
                empty = heapBytes();
                Usage before = Usage.now();
                startAll(first.getBean(SagaStarter.class));
                created.await(sagas);
                usage = Usage.now().since(before);
                broker.await(SILENT, sagas, Duration.ofSeconds(PATIENCE_SECONDS));
                heap = heapBytes() - empty;
            }
            Arrivals resumed = new Arrivals(SagaEvent.Resume.class);
            long begin = System.nanoTime();
            ConfigurableApplicationContext second = start(broker, effects, resumed);
            try {
                resumed.await(sagas);
                double seconds = (System.nanoTime() - begin) / 1e9;
                broker.await(SILENT, 2L * sagas, Duration.ofSeconds(PATIENCE_SECONDS));
                double cpuMillis = usage.cpuNanos() / 1e6 / sagas;
                long heapAfter = heapBytes() - empty;
                out.printf("| %d | %.3f | %d | %d | %.1f |%n", sagas, cpuMillis, heap >> 20, heapAfter >> 20, seconds);
            } finally {
                second.close();
            }
        }
    }

    /** Only the first participant is there. */
    private static ConfigurableApplicationContext start(Broker broker, Effects effects, Arrivals arrivals) {
        return Application.start(
                broker,
                WebApplicationType.NONE,
                Map.of("caravan.coordinator", "log", "camel.main.shutdown-timeout", 1),
                OrderSagaRoutes.overCaravan("1h"),
                new ParticipantRoutes(effects, OrderStep.CREATE_ORDER),
                arrivals);
    }

    private void startAll(SagaStarter starter) throws InterruptedException {
        Semaphore free = new Semaphore(STARTING_AT_THE_SAME_TIME);
        for (int i = 0; i < sagas; i++) {
            free.acquire();
            String id = UUID.randomUUID().toString();
            CompletableFuture<SagaId> accepted = starter.start(OrderSagaRoutes.START, Order.of(id, false), id, Map.of())
                    .accepted();
            accepted.whenComplete((saga, failure) -> free.release());
        }
    }

    private static long heapBytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
