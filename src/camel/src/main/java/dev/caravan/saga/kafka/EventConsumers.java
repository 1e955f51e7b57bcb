package dev.caravan.saga.kafka;

import dev.caravan.saga.message.CredentialHeaders;
import java.time.Duration;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.camel.component.kafka.consumer.DefaultKafkaManualCommitFactory;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * How Camel's component {@code kafka} consumes events by which services take part in sagas. With its defaults, a record
 * that fails is skipped for good. Here an offset is committed when all that was polled with it is done, and a record that
 * cannot even be kept as a dead letter comes again. A consumer works on one record at a time, so there is one for each
 * partition: one slow event holds up no others. What is sent carries no credentials, whatever headers an exchange has.
 */
public final class EventConsumers {

    /** As long may the stop of a consumer take that has nothing to do. */
    private static final long POLL_MILLIS = 500;

    private static final int HEARTBEATS = 3;

    private EventConsumers() {}

    /** @param partitions of a topic of events */
    public static void configure(
            KafkaComponent kafka, int partitions, Duration sessionTimeout, CredentialHeaders credentials) {
        KafkaConfiguration configuration = kafka.getConfiguration();
        int session = (int) sessionTimeout.toMillis();
        configuration.setConsumersCount(partitions);
        configuration.setSessionTimeoutMs(session);
        configuration.setHeartbeatIntervalMs(session / HEARTBEATS);
        configuration.setPollTimeoutMs(POLL_MILLIS);
        configuration.setAutoOffsetReset("earliest");
        configuration.setAutoCommitEnable(false);
        configuration.setAllowManualCommit(true);
        configuration.setBreakOnFirstError(true);
        configuration.setValueDeserializer(ByteArrayDeserializer.class.getName());
        configuration.setHeaderFilterStrategy(
                new WithoutCredentials(credentials, configuration.getHeaderFilterStrategy()));
        kafka.setKafkaManualCommitFactory(new DefaultKafkaManualCommitFactory());
    }
}
