package dev.caravan.saga.kafka;

import dev.caravan.saga.camel.SagaConstants;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** Keeps the event that an exchange works on as a dead letter, as it came. Blocks until it is durable, and throws when it is not. */
public final class EventDeadLetters implements BiConsumer<Exchange, String> {

    private final DeadLetters deadLetters;

    public EventDeadLetters(DeadLetters deadLetters) {
        this.deadLetters = deadLetters;
    }

    @Override
    public void accept(Exchange exchange, String reason) {
        Message message = exchange.getMessage();
        Headers headers = message.getHeader(KafkaConstants.HEADERS, Headers.class);
        ConsumerRecord<String, byte[]> event = new ConsumerRecord<>(
                message.getHeader(KafkaConstants.TOPIC, String.class),
                message.getHeader(KafkaConstants.PARTITION, Integer.class),
                message.getHeader(KafkaConstants.OFFSET, Long.class),
                message.getHeader(KafkaConstants.TIMESTAMP, Long.class),
                TimestampType.CREATE_TIME,
                ConsumerRecord.NULL_SIZE,
                ConsumerRecord.NULL_SIZE,
                message.getHeader(KafkaConstants.KEY, String.class),
                exchange.getProperty(SagaConstants.EVENT_PROPERTY, byte[].class),
                headers == null ? new RecordHeaders() : headers,
                Optional.empty());
        deadLetters.keep(event, reason).join();
    }
}
