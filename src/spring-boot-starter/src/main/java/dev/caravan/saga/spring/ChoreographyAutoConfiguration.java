package dev.caravan.saga.spring;

import dev.caravan.saga.camel.SagaEventListener;
import dev.caravan.saga.camel.SagaEventRoutes;
import dev.caravan.saga.camel.SagaEvents;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.kafka.DeadLetters;
import dev.caravan.saga.kafka.EventDeadLetters;
import dev.caravan.saga.kafka.KafkaClients;
import dev.caravan.saga.kafka.Topics;
import dev.caravan.saga.kafka.WithoutCredentials;
import dev.caravan.saga.message.CredentialHeaders;
import dev.caravan.saga.message.SensitiveFields;
import java.util.Map;
import org.apache.camel.Ordered;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.component.kafka.consumer.DefaultKafkaManualCommitFactory;
import org.apache.camel.spi.ComponentCustomizer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
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

    /** As long may the stop of a consumer take that has nothing to do. */
    private static final long POLL_MILLIS = 500;

    private static final int HEARTBEATS = 3;

    /**
     * With the defaults of the component kafka, a record that fails is skipped for good. Here an offset is committed
     * when all that was polled with it is done, and a record that cannot even be kept as a dead letter comes again. A
     * consumer works on one record at a time, so there is one for each partition: one slow event holds up no others. What
     * is sent carries no credentials, whatever headers an exchange has.
     *
     * <p>Comes last: the starter's own customizer sets everything, the defaults too, and customizers of equal order are
     * applied in any order.
     */
    @Bean
    ComponentCustomizer caravanEventConsumers(
            CaravanProperties properties, CredentialHeaders caravanCredentialHeaders) {
        return ComponentCustomizer.builder(KafkaComponent.class)
                .withOrder(Ordered.LOWEST)
                .build(kafka -> {
                    kafka.getConfiguration().setConsumersCount(properties.partitions());
                    int session = (int) properties.sessionTimeout().toMillis();
                    kafka.getConfiguration().setSessionTimeoutMs(session);
                    kafka.getConfiguration().setHeartbeatIntervalMs(session / HEARTBEATS);
                    kafka.getConfiguration().setPollTimeoutMs(POLL_MILLIS);
                    kafka.getConfiguration().setAutoOffsetReset("earliest");
                    kafka.getConfiguration().setAutoCommitEnable(false);
                    kafka.getConfiguration().setAllowManualCommit(true);
                    kafka.getConfiguration().setBreakOnFirstError(true);
                    kafka.getConfiguration().setValueDeserializer(ByteArrayDeserializer.class.getName());
                    kafka.getConfiguration()
                            .setHeaderFilterStrategy(new WithoutCredentials(
                                    caravanCredentialHeaders,
                                    kafka.getConfiguration().getHeaderFilterStrategy()));
                    kafka.setKafkaManualCommitFactory(new DefaultKafkaManualCommitFactory());
                });
    }

    @Bean
    SagaEvents sagaEvents(ObjectProvider<SagaEventListener> listeners, SensitiveFields caravanSensitiveFields) {
        return new SagaEvents(listeners.orderedStream().toList(), caravanSensitiveFields);
    }

    /** Before any route consumes from them, the topics exist, and those of their dead letters. */
    @Bean
    SagaEventRoutes caravanEventRoutes(
            SagaEvents events, KafkaClients clients, Topics topics, CaravanProperties properties) {
        CaravanProperties.Events settings = properties.events();
        topics.ensure(Topics.withDeadLetters(settings.topics()), Map.of());
        return new SagaEventRoutes(
                events,
                new EventDeadLetters(new DeadLetters(clients)),
                settings.attempts(),
                settings.initialDelay(),
                settings.maximumDelay());
    }
}
