package dev.caravan.benchmark;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.camel.SagaStarter;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;

/** Orchestrator and participants in one application, as Caravan configures them by default. */
final class CaravanRow implements Row {

    private static final String STEP_TIMEOUT = "1m";

    private final ConfigurableApplicationContext context;
    private final SagaStarter starter;
    private final ParticipantEffects effects;

    private CaravanRow(ConfigurableApplicationContext context, ParticipantEffects effects) {
        this.context = context;
        this.starter = context.getBean(SagaStarter.class);
        this.effects = effects;
    }

    static CaravanRow onTheLog(Broker broker, ParticipantEffects effects, int batchSize) {
        return new CaravanRow(
                Application.start(
                        broker,
                        WebApplicationType.NONE,
                        Map.of("caravan.coordinator", "log", "caravan.participant.batch-size", batchSize),
                        OrderSagaRoutes.overCaravan(STEP_TIMEOUT),
                        new ParticipantRoutes(effects)),
                effects);
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
        return starter.start(OrderSagaRoutes.START, Order.of(id, rejected), id, Map.of())
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
