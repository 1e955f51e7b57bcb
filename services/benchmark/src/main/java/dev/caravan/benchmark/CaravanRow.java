package dev.caravan.benchmark;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.camel.SagaStarter;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;

/** Orchestrator and participants in one application, as Caravan configures them by default. */
final class CaravanRow implements Row {

    private final ConfigurableApplicationContext context;
    private final SagaStarter starter;
    private final Effects effects;

    private CaravanRow(ConfigurableApplicationContext context, Effects effects) {
        this.context = context;
        this.starter = context.getBean(SagaStarter.class);
        this.effects = effects;
    }

    static CaravanRow onTheLog(Broker broker) {
        Effects effects = new Effects();
        return new CaravanRow(
                Application.start(
                        broker,
                        WebApplicationType.NONE,
                        Map.of("caravan.coordinator", "log"),
                        OrderSagaRoutes.overCaravan(),
                        new ParticipantRoutes(effects)),
                effects);
    }

    static CaravanRow onACoordinator(Broker broker) {
        Effects effects = new Effects();
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
                        OrderSagaRoutes.overCaravan(),
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
    public Effects.Counts effects() {
        return effects.counts();
    }

    @Override
    public void close() {
        context.close();
    }
}
