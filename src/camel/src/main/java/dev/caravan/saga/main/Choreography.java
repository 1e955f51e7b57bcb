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
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.spi.Registry;

/**
 * What routes need that take part in sagas by events: there when {@code caravan.events.topics} names any. Routes look for their
 * route configuration when they are added, so that is there first; Kafka is known later.
 */
final class Choreography {

    private static final String TOPICS = "caravan.events.topics";
    private static final String DEAD_LETTERS = "caravanEventDeadLetters";

    private Choreography() {}

    /** Those that are in the registry when there is something to hear. */
    private record Registered(Registry beans) implements SagaEventListener {

        @Override
        public void onIgnored(String topic) {
            all().forEach(listener -> listener.onIgnored(topic));
        }

        @Override
        public void onLate(String topic) {
            all().forEach(listener -> listener.onLate(topic));
        }

        /** A runtime that finds beans of its own does not look for those that were bound. */
        private Stream<SagaEventListener> all() {
            return Stream.concat(
                            beans.findByType(SagaEventListener.class).stream(),
                            Stream.ofNullable(beans.lookupByNameAndType(Meters.MESSAGES, SagaEventListener.class)))
                    .distinct();
        }
    }

    /** Before routes are added. */
    static void prepare(CamelContext context) throws Exception {
        Settings settings = new Settings(context);
        if (settings.list(TOPICS).isEmpty()) {
            return;
        }
        Registry beans = context.getRegistry();
        SagaEvents events = new SagaEvents(List.of(new Registered(beans)), settings.sensitiveFields());
        beans.bind("sagaEvents", events);
        context.addRoutesConfigurations(SagaEventRoutes.with(
                events,
                (exchange, reason) -> beans.lookupByNameAndType(DEAD_LETTERS, EventDeadLetters.class)
                        .accept(exchange, reason),
                settings.number("caravan.events.attempts"),
                settings.duration("caravan.events.initial-delay"),
                settings.duration("caravan.events.maximum-delay")));
    }

    /** Before any route consumes from them, the topics exist, and those of their dead letters. */
    static void connect(CamelContext context, Settings settings, KafkaClients clients, Topics topics) {
        List<String> names = settings.list(TOPICS);
        if (names.isEmpty()) {
            return;
        }
        Registry beans = context.getRegistry();
        EventConsumers.configure(
                context.getComponent("kafka", KafkaComponent.class),
                settings.number("caravan.partitions"),
                settings.duration("caravan.session-timeout"),
                beans.lookupByNameAndType(Credentials.BEAN, CredentialHeaders.class));
        topics.ensure(Topics.withDeadLetters(names), Map.of());
        beans.bind(DEAD_LETTERS, new EventDeadLetters(new DeadLetters(clients)));
    }
}
