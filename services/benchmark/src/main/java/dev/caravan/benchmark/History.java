package dev.caravan.benchmark;

import dev.caravan.saga.camel.SagaStarter;
import dev.caravan.saga.kafka.KafkaClients;
import dev.caravan.saga.kafka.KafkaSagaLog;
import dev.caravan.saga.kafka.Topics;
import dev.caravan.saga.monitoring.SagaView;
import dev.caravan.saga.state.SagaLogEntry;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Many finished sagas in the log: how long an application takes from its start until a saga has run in it, and until its
 * list of sagas has all that it keeps. An instance was there when they were written, as it is in life, and has noted that
 * none of them has to be read again.
 */
final class History {

    static final String HEADINGS = "| finished | until a saga has run, s | until the list is there, s |";

    private static final Duration RETENTION = Duration.ofDays(7);
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final int UNACKNOWLEDGED = 10_000;

    private final int sagas;

    History(int sagas) {
        this.sagas = sagas;
    }

    void print(PrintStream out) throws Exception {
        try (Broker broker = Broker.start(false);
                Effects effects = new Effects()) {
            try (ConfigurableApplicationContext first = start(broker, effects)) {
                write(broker);
                awaitList(first);
            }
            long begin = System.nanoTime();
            try (ConfigurableApplicationContext second = start(broker, effects)) {
                String id = UUID.randomUUID().toString();
                second.getBean(SagaStarter.class)
                        .start(OrderSagaRoutes.START, Order.of(id, false), id, Map.of())
                        .ended()
                        .toCompletableFuture()
                        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                double ran = secondsSince(begin);
                awaitList(second);
                out.printf("| %,d | %.1f | %.1f |%n", sagas, ran, secondsSince(begin));
            }
        }
    }

    private static ConfigurableApplicationContext start(Broker broker, Effects effects) {
        return Application.start(
                broker,
                WebApplicationType.NONE,
                Map.of("caravan.coordinator", "log"),
                OrderSagaRoutes.overCaravan("1m"),
                new ParticipantRoutes(effects));
    }

    private void write(Broker broker) throws InterruptedException {
        try (KafkaClients clients = KafkaClients.of(broker.servers())) {
            KafkaSagaLog log = KafkaSagaLog.open(
                    clients, new Topics(clients, 1, Duration.ofSeconds(20)), Topics.SAGA_LOGS, RETENTION);
            Semaphore free = new Semaphore(UNACKNOWLEDGED);
            for (int i = 0; i < sagas; i++) {
                for (SagaLogEntry entry : FinishedSaga.log(UUID.randomUUID().toString(), Instant.now())) {
                    free.acquire();
                    log.append(entry).whenComplete((done, failure) -> {
                        if (failure != null) {
                            throw new CompletionException("The history could not be written", failure);
                        }
                        free.release();
                    });
                }
            }
            free.acquire(UNACKNOWLEDGED);
        }
    }

    private static void awaitList(ConfigurableApplicationContext application) {
        SagaView list = application.getBean(SagaView.class);
        long patience = System.nanoTime() + PATIENCE.toNanos();
        while (!list.isCaughtUp() || list.lag() > 0) {
            if (System.nanoTime() > patience) {
                throw new IllegalStateException("The list of sagas lags %d entries behind".formatted(list.lag()));
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    private static double secondsSince(long begin) {
        return (System.nanoTime() - begin) / 1e9;
    }
}
