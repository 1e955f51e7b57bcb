package dev.caravan.saga.spring;

import dev.caravan.saga.camel.SagaEventListener;
import dev.caravan.saga.camel.SagaEventRoutes;
import dev.caravan.saga.camel.SagaEvents;
import dev.caravan.saga.camel.SagaStarter;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.kafka.DeadLetters;
import dev.caravan.saga.kafka.EventConsumers;
import dev.caravan.saga.kafka.EventDeadLetters;
import dev.caravan.saga.kafka.KafkaClients;
import dev.caravan.saga.kafka.Topics;
import dev.caravan.saga.message.CredentialHeaders;
import dev.caravan.saga.message.SensitiveFields;
import java.util.Map;
import org.apache.camel.Ordered;
import org.apache.camel.builder.RouteConfigurationBuilder;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.spi.ComponentCustomizer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;

/** What routes need that take part in sagas by events: on when {@code caravan.events.topics} names any. */
@AutoConfiguration(after = CaravanAutoConfiguration.class)
@ConditionalOnBean(SagaHost.class)
@ConditionalOnProperty("caravan.events.topics")
public class ChoreographyAutoConfiguration {

    /**
     * Comes last: the starter's own customizer sets everything, the defaults too, and customizers of equal order are
     * applied in any order.
     */
    @Bean
    ComponentCustomizer caravanEventConsumers(
            CaravanProperties properties, CredentialHeaders caravanCredentialHeaders) {
        return ComponentCustomizer.builder(KafkaComponent.class)
                .withOrder(Ordered.LOWEST)
                .build(kafka -> EventConsumers.configure(
                        kafka, properties.partitions(), properties.sessionTimeout(), caravanCredentialHeaders));
    }

    @Bean
    SagaEvents sagaEvents(
            ObjectProvider<SagaEventListener> listeners,
            SensitiveFields caravanSensitiveFields,
            ObjectProvider<SagaStarter.Origin> origin) {
        return new SagaEvents(
                listeners.orderedStream().toList(), caravanSensitiveFields, origin.getIfAvailable(() -> Map::of));
    }

    /** Before any route consumes from them, the topics exist, and those of their dead letters. */
    @Bean
    RouteConfigurationBuilder caravanEventRoutes(
            SagaEvents events, KafkaClients clients, Topics topics, CaravanProperties properties) {
        CaravanProperties.Events settings = properties.events();
        topics.ensure(Topics.withDeadLetters(settings.topics()), Map.of());
        return SagaEventRoutes.with(
                events,
                new EventDeadLetters(new DeadLetters(clients)),
                settings.attempts(),
                settings.initialDelay(),
                settings.maximumDelay());
    }
}
