package dev.caravan.saga.main;

import dev.caravan.saga.camel.Credentials;
import dev.caravan.saga.camel.SagaEventListener;
import dev.caravan.saga.camel.SagaEventRoutes;
import dev.caravan.saga.camel.SagaEvents;
import dev.caravan.saga.kafka.DeadLetters;
import dev.caravan.saga.kafka.EventConsumers;
import dev.caravan.saga.kafka.EventDeadLetters;
import dev.caravan.saga.kafka.KafkaClients;
import dev.caravan.saga.kafka.Topics;
import dev.caravan.saga.message.CredentialHeaders;
import dev.caravan.saga.message.SensitiveFields;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.spi.Registry;

/** What routes need that take part in sagas by events: there when {@code caravan.events.topics} names any. */
final class Choreography {

    private Choreography() {}

    /** Before any route consumes from them, the topics exist, and those of their dead letters. */
    static void add(CamelContext context, Settings settings, KafkaClients clients, Topics topics) throws Exception {
        List<String> names = settings.list("caravan.events.topics");
        if (names.isEmpty()) {
            return;
        }
        Registry beans = context.getRegistry();
        EventConsumers.configure(
                context.getComponent("kafka", KafkaComponent.class),
                settings.number("caravan.partitions"),
                settings.duration("caravan.session-timeout"),
                beans.lookupByNameAndType(Credentials.BEAN, CredentialHeaders.class));
        SagaEvents events = new SagaEvents(
                List.copyOf(beans.findByType(SagaEventListener.class)),
                beans.lookupByNameAndType(KafkaClients.SENSITIVE_FIELDS, SensitiveFields.class));
        beans.bind("sagaEvents", events);
        topics.ensure(Topics.withDeadLetters(names), Map.of());
        context.addRoutesConfigurations(new SagaEventRoutes(
                events,
                new EventDeadLetters(new DeadLetters(clients)),
                settings.number("caravan.events.attempts"),
                settings.duration("caravan.events.initial-delay"),
                settings.duration("caravan.events.maximum-delay")));
    }
}
