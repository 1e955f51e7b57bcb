package dev.caravan.saga.main;

import dev.caravan.saga.camel.LogSagaService;
import dev.caravan.saga.camel.StartLimit;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.kafka.KafkaClients;
import dev.caravan.saga.kafka.KafkaHostLoop;
import dev.caravan.saga.kafka.KafkaParticipants;
import dev.caravan.saga.metrics.MessageMetrics;
import dev.caravan.saga.metrics.SagaMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.CamelContext;

/** Caravan's meters, where there is Micrometer, and among Camel's beans one registry of it, or the one that has the others. */
final class Meters {

    /** The bean that hears of events of a choreography. */
    static final String MESSAGES = "caravanMessageMetrics";

    private final SagaMetrics sagas;
    private final MessageMetrics messages;

    private Meters(MeterRegistry meters) {
        this.sagas = new SagaMetrics(meters);
        this.messages = new MessageMetrics(meters);
    }

    /** Names no class of Micrometer, which may be missing. */
    static Optional<Meters> in(CamelContext context) {
        Class<?> type = context.getClassResolver().resolveClass("io.micrometer.core.instrument.MeterRegistry");
        return type == null ? Optional.empty() : one(context.getRegistry().findByType(type));
    }

    private static Optional<Meters> one(Set<?> registries) {
        return registries.stream()
                .filter(registry -> registries.size() == 1 || registry instanceof CompositeMeterRegistry)
                .findFirst()
                .map(registry -> new Meters((MeterRegistry) registry));
    }

    SagaMetrics sagas() {
        return sagas;
    }

    MessageMetrics messages() {
        return messages;
    }

    /** What is there already when it is asked for. */
    void show(
            SagaHost host,
            StartLimit starts,
            LogSagaService service,
            KafkaHostLoop loop,
            KafkaParticipants participants,
            KafkaClients clients) {
        sagas.watch(host);
        sagas.showStarts(starts);
        sagas.showPassivations(service, LogSagaService::exchangesPassivated);
        messages.showLogLag(loop::lag);
        messages.showUnreadable(loop, KafkaHostLoop::unreadable);
        messages.showFenced("host", loop, here -> here.fenced().size());
        messages.showFenced("participants", participants, here -> here.fenced().size());
        messages.countDeadLetters(clients);
    }
}
