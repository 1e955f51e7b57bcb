package dev.caravan.saga.kafka;

import dev.caravan.saga.Printable;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.engine.SagaLogger;
import dev.caravan.saga.engine.SagaMention;
import dev.caravan.saga.time.SteadyClock;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Keeps records that cannot be worked on: key, value and headers untouched, but for credentials, on {@code <topic>-dlq},
 * with headers that say why and where the record was. {@link DeadLetterReplay} sends them again.
 */
public final class DeadLetters {

    public static final String REASON = "dlq-reason";
    public static final String TOPIC = "dlq-topic";
    public static final String PARTITION = "dlq-partition";
    public static final String OFFSET = "dlq-offset";
    public static final String TIMESTAMP = "dlq-timestamp";

    /** The names of the headers that are left out, because they carry credentials; absent if there were none. */
    public static final String REMOVED = "dlq-removed-headers";

    private static final int LONGEST_REASON = 1000;
    private static final int WARNINGS = 100;
    private static final Logger LOGGER = SagaLogger.of(DeadLetters.class);

    private final KafkaClients clients;
    private final PerMinute warnings = new PerMinute(SteadyClock.OF_PROCESS, WARNINGS);

    public DeadLetters(KafkaClients clients) {
        this.clients = clients;
    }

    /**
     * One that is too large with its headers is kept without its value, which is where it was.
     *
     * @return completes when the dead letter is durable
     */
    public CompletableFuture<Void> keep(ConsumerRecord<String, byte[]> message, @Nullable String reason) {
        return keep(message, reason, Received.saga(message));
    }

    /** @param saga for the log */
    CompletableFuture<Void> keep(ConsumerRecord<String, byte[]> message, @Nullable String reason, SagaMention saga) {
        if (warnings.passes()) {
            LOGGER.warn(
                    "Dead letter: {} partition {} offset {} key {}: {}{}",
                    message.topic(),
                    message.partition(),
                    message.offset(),
                    saga.as(Printable.of(message.key())),
                    Printable.of(reason),
                    warnings.andMore());
        }
        return clients.send(letter(message, message.value(), reason))
                .exceptionallyCompose(failure -> failure instanceof RecordTooLargeException
                        ? clients.send(withoutValue(message, reason))
                        : CompletableFuture.failedFuture(failure));
    }

    /** As {@link #keep}, for one who goes on in any case. */
    void keepOrWarn(ConsumerRecord<String, byte[]> message, @Nullable String reason, SagaMention saga) {
        keep(message, reason, saga).exceptionally(failure -> {
            LOGGER.warn(
                    "The dead letter of {} partition {} offset {} key {} was not kept: {}",
                    message.topic(),
                    message.partition(),
                    message.offset(),
                    saga.as(Printable.of(message.key())),
                    Printable.of(failure));
            return null;
        });
    }

    /** Its own headers may be what is too large. */
    private ProducerRecord<String, byte[]> withoutValue(
            ConsumerRecord<String, byte[]> message, @Nullable String reason) {
        ConsumerRecord<String, byte[]> bare = new ConsumerRecord<>(
                message.topic(),
                message.partition(),
                message.offset(),
                message.timestamp(),
                message.timestampType(),
                ConsumerRecord.NULL_SIZE,
                ConsumerRecord.NULL_SIZE,
                SagaId.isValid(message.key()) ? message.key() : null,
                null,
                new RecordHeaders(),
                message.leaderEpoch());
        return letter(
                bare,
                null,
                "%s (without value and headers, %d bytes)".formatted(reason, message.serializedValueSize()));
    }

    private ProducerRecord<String, byte[]> letter(
            ConsumerRecord<String, byte[]> message, byte @Nullable [] value, @Nullable String reason) {
        ProducerRecord<String, byte[]> letter = new ProducerRecord<>(
                Topics.deadLettersOf(message.topic()), null, message.key(), value, message.headers());
        List<String> removed = clients.removeCredentials(letter);
        if (!removed.isEmpty()) {
            header(letter, REMOVED, String.join(",", removed));
        }
        header(letter, REASON, shortened(reason));
        header(letter, TOPIC, message.topic());
        header(letter, PARTITION, Integer.toString(message.partition()));
        header(letter, OFFSET, Long.toString(message.offset()));
        header(letter, TIMESTAMP, Long.toString(message.timestamp()));
        return letter;
    }

    /** What was small enough for its topic has to be so for the dead letters. */
    private static String shortened(@Nullable String reason) {
        String text = Printable.of(reason);
        return text.length() <= LONGEST_REASON ? text : text.substring(0, LONGEST_REASON) + "...";
    }

    private static void header(ProducerRecord<String, byte[]> letter, String name, String value) {
        letter.headers().remove(name).add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
