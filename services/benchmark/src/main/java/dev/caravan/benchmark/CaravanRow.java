package dev.caravan.benchmark;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.camel.SagaStarter;
import dev.caravan.saga.engine.SagaHost;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;

/** Orchestrator and participants in one application, as Caravan configures them by default. */
final class CaravanRow implements Row {

    private static final String STEP_TIMEOUT = "1m";
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration POLL = Duration.ofMillis(10);

    private final ConfigurableApplicationContext context;
    private final SagaStarter starter;
    private final ParticipantEffects effects;
    private final UnaryOperator<String> keyOf;

    private CaravanRow(ConfigurableApplicationContext context, ParticipantEffects effects) {
        this(context, effects, id -> id);
    }

    private CaravanRow(
            ConfigurableApplicationContext context, ParticipantEffects effects, UnaryOperator<String> keyOf) {
        this.keyOf = keyOf;
        this.context = context;
        this.starter = context.getBean(SagaStarter.class);
        this.effects = effects;
        awaitPartitions(context.getBean(SagaHost.class));
    }

    /** Until it has all, an instance asks by the log for a saga with a key, as if another one ran it: records of its own. */
    private static void awaitPartitions(SagaHost host) {
        Map<Integer, SagaId> ofEach = new HashMap<>();
        for (int i = 0; ofEach.size() < host.log().partitions(); i++) {
            SagaId saga = new SagaId("saga-" + i);
            ofEach.putIfAbsent(host.log().partitionOf(saga), saga);
        }
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!ofEach.values().stream().allMatch(host.ownership()::owns)) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "Kafka has not assigned all partitions in %d s".formatted(PATIENCE.toSeconds()));
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    static CaravanRow onTheLog(Broker broker, ParticipantEffects effects, int batchSize) {
        return new CaravanRow(overTheLog(broker, effects, batchSize), effects);
    }

    /** Its sagas are called nothing, so that none is looked for before it starts. */
    static CaravanRow withoutKeys(Broker broker) {
        ParticipantEffects effects = new Effects();
        return new CaravanRow(overTheLog(broker, effects, 1), effects, id -> null);
    }

    private static ConfigurableApplicationContext overTheLog(Broker broker, ParticipantEffects effects, int batchSize) {
        return Application.start(
                broker,
                WebApplicationType.NONE,
                Map.of("caravan.coordinator", "log", "caravan.participant.batch-size", batchSize),
                OrderSagaRoutes.overCaravan(STEP_TIMEOUT),
                new ParticipantRoutes(effects));
    }

    /** Without commands: what a step does is in the application that runs the saga. */
    static CaravanRow ofBeans(Broker broker) {
        Effects effects = new Effects();
        return new CaravanRow(
                Application.start(
                        broker,
                        WebApplicationType.NONE,
                        Map.of("caravan.coordinator", "log"),
                        OrderSagaRoutes.ofBeans(effects)),
                effects);
    }

    static CaravanRow onACoordinator(Broker broker) {
        ParticipantEffects effects = new Effects();
        return new CaravanRow(
                Application.start(
                        broker,
                        WebApplicationType.SERVLET,
                        Map.of(
                                "caravan.coordinator",
                                "lra",
                                "server.port",
                                0,
                                "caravan.lra.coordinator.embedded",
                                true,
                                "caravan.lra.coordinator.store-dir",
                                broker.directory().resolve("lra"),
                                "caravan.lra.callback-secret",
                                "a secret of this benchmark"),
                        OrderSagaRoutes.overCaravan(STEP_TIMEOUT),
                        new ParticipantRoutes(effects)),
                effects);
    }

    @Override
    public CompletableFuture<Boolean> run(String id, boolean rejected) {
        return starter.start(OrderSagaRoutes.START, Order.of(id, rejected), keyOf.apply(id), Map.of())
                .ended()
                .thenApply(state -> state.status() == SagaStatus.COMPLETED)
                .toCompletableFuture();
    }

    @Override
    public ParticipantEffects effects() {
        return effects;
    }

    @Override
    public void close() {
        context.close();
        effects.close();
    }
}
