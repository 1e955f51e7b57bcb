package dev.caravan.benchmark;

import dev.caravan.embeddedkafka.LoopbackPorts;
import dev.caravan.saga.participant.StepRejectedException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.ExchangeBuilder;
import org.apache.camel.saga.InMemorySagaService;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;

/** Camel's own saga services: the same route, with commands and replies over Kafka that Camel does not have. */
final class CamelRow implements Row {

    /** Settings of Camel's own client, not of Caravan. */
    private static final String CAMEL_LRA = "camel.lra.";

    private final ConfigurableApplicationContext application;
    private final CamelContext camel;
    private final ProducerTemplate template;
    private final Effects effects;
    private final Runnable commands;

    /** @param commands closes what its commands need */
    private CamelRow(ConfigurableApplicationContext application, Effects effects, Runnable commands) {
        this.application = application;
        this.camel = application.getBean(CamelContext.class);
        this.template = camel.createProducerTemplate();
        this.effects = effects;
        this.commands = commands;
    }

    static CamelRow ofBeans(Broker broker) {
        Effects effects = new Effects();
        return new CamelRow(
                Application.start(
                        broker,
                        WebApplicationType.NONE,
                        Map.of("caravan.coordinator", "none"),
                        OrderSagaRoutes.ofBeans(effects).with(new InMemorySagaService())),
                effects,
                () -> {});
    }

    static CamelRow inMemory(Broker broker) {
        Effects effects = new Effects();
        PlainCommands commands = new PlainCommands(broker, effects);
        return new CamelRow(
                Application.start(
                        broker,
                        WebApplicationType.NONE,
                        Map.of("caravan.coordinator", "none"),
                        OrderSagaRoutes.over(commands).with(new InMemorySagaService())),
                effects,
                commands::close);
    }

    static CamelRow onACoordinator(Broker broker) {
        Effects effects = new Effects();
        PlainCommands commands = new PlainCommands(broker, effects);
        int port = LoopbackPorts.free();
        return new CamelRow(
                Application.start(
                        broker,
                        WebApplicationType.SERVLET,
                        Map.of(
                                "caravan.coordinator",
                                "none",
                                "server.port",
                                port,
                                "caravan.lra.coordinator.embedded",
                                true,
                                "caravan.lra.coordinator.store-dir",
                                broker.directory().resolve("lra"),
                                CAMEL_LRA + "enabled",
                                true,
                                CAMEL_LRA + "coordinator-url",
                                "http://localhost:" + port,
                                CAMEL_LRA + "local-participant-url",
                                "http://localhost:" + port + "/camel"),
                        OrderSagaRoutes.over(commands)),
                effects,
                commands::close);
    }

    @Override
    public CompletableFuture<Boolean> run(String id, boolean rejected) {
        Exchange exchange = ExchangeBuilder.anExchange(camel)
                .withBody(Order.of(id, rejected))
                .build();
        return template.asyncSend(OrderSagaRoutes.START, exchange).thenApply(CamelRow::isCompleted);
    }

    private static boolean isCompleted(Exchange exchange) {
        Exception failure = exchange.getException();
        if (failure != null && !isRejection(failure)) {
            throw new IllegalStateException("A saga failed", failure);
        }
        return failure == null;
    }

    private static boolean isRejection(Exception failure) {
        return failure instanceof PlainCommands.RefusedException || failure instanceof StepRejectedException;
    }

    @Override
    public ParticipantEffects effects() {
        return effects;
    }

    @Override
    public void close() {
        application.close();
        commands.run();
    }
}
