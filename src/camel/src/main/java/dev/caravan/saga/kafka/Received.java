package dev.caravan.saga.kafka;

import dev.caravan.saga.Printable;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.engine.SagaMention;
import dev.caravan.saga.message.SagaCommand;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** What is known of a record besides its value. */
final class Received {

    private Received() {}

    /** Its headers, and where it was, by the names of Camel's component {@code kafka}. */
    static Map<String, String> headers(ConsumerRecord<String, byte[]> message) {
        Map<String, String> headers = new HashMap<>();
        message.headers().forEach(header -> headers.put(header.key(), text(header)));
        headers.put(KafkaConstants.TOPIC, message.topic());
        headers.put(KafkaConstants.PARTITION, Integer.toString(message.partition()));
        headers.put(KafkaConstants.OFFSET, Long.toString(message.offset()));
        return headers;
    }

    /** {@code null}: it has no such header */
    static @Nullable String header(ConsumerRecord<String, byte[]> message, String name) {
        Header header = message.headers().lastHeader(name);
        return header == null ? null : text(header);
    }

    private static String text(Header header) {
        return header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }

    /** The saga that it was sent for, by its key. */
    static SagaMention saga(ConsumerRecord<String, byte[]> message) {
        return SagaId.isValid(message.key())
                ? with(message, SagaMention.of(new SagaId(message.key())))
                : new SagaMention(Printable.of(message.key()), Map.of());
    }

    /** @param command what was read of it */
    static SagaMention saga(ConsumerRecord<String, byte[]> message, SagaCommand command) {
        return with(message, SagaMention.of(command));
    }

    private static SagaMention with(ConsumerRecord<String, byte[]> message, SagaMention saga) {
        return saga.called(header(message, SagaMention.KEY_HEADER)).traced(header(message, SagaMention.TRACE_HEADER));
    }
}
