package dev.caravan.saga.kafka;

import dev.caravan.saga.Printable;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.engine.OwnedPartitions;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.engine.SagaLogger;
import dev.caravan.saga.engine.SagaMention;
import dev.caravan.saga.message.MalformedMessageException;
import dev.caravan.saga.message.MessageCodec;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.state.SagaLogEntry;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * What becomes of one record of the saga log or of the replies. One that cannot be read, or with which something goes
 * wrong, is counted, named, and kept as a dead letter; it stops neither those behind it nor the partition.
 *
 * <p>Of the saga log a bounded number a minute is kept: all of them are in the log itself. Used by the loop's thread.
 */
final class HostRecords {

    private static final Logger LOGGER = SagaLogger.of(HostRecords.class);
    private static final int LETTERS = 1000;
    private static final int WARNINGS = 10;

    private final Function<ConsumerRecord<String, byte[]>, SagaLogEntry> parse;
    private final OwnedPartitions partitions;
    private final SagaHost host;
    private final Letters deadLetters;
    private final PerMinute letters;
    private final PerMinute warnings;
    private final ReplyTokens tokens;
    private final MessageCodec codec;
    private final Map<Integer, Long> judged = new HashMap<>();
    private final AtomicLong unreadable = new AtomicLong();

    /** Who keeps what cannot be read. */
    @FunctionalInterface
    interface Letters {

        /** @param saga for the log */
        void keep(ConsumerRecord<String, byte[]> message, @Nullable String reason, SagaMention saga);
    }

    /** @param parse throws {@link MalformedMessageException} for a record that is no entry */
    HostRecords(
            Function<ConsumerRecord<String, byte[]>, SagaLogEntry> parse,
            OwnedPartitions partitions,
            SagaHost host,
            ReplyTokens tokens,
            MessageCodec codec,
            Letters deadLetters,
            Clock steady) {
        this.parse = parse;
        this.partitions = partitions;
        this.host = host;
        this.tokens = tokens;
        this.codec = codec;
        this.deadLetters = deadLetters;
        this.letters = new PerMinute(steady, LETTERS);
        this.warnings = new PerMinute(steady, WARNINGS);
    }

    /** @param offset in front of which the owner before has kept the dead letters of the saga log */
    void gained(int partition, long offset) {
        judged.put(partition, offset);
    }

    /** Entries of the saga log in this instance's partitions that could not be read, since it began. */
    long unreadable() {
        return unreadable.get();
    }

    void take(ConsumerRecord<String, byte[]> message) {
        if (message.topic().equals(Topics.SAGA_REPLIES)) {
            takeReply(message);
        } else {
            takeEntry(message);
        }
    }

    private void takeReply(ConsumerRecord<String, byte[]> message) {
        try {
            SagaReply reply = codec.decodeReply(message.value());
            SagaId sagaId = reply.sagaId();
            tokens.refusalOf(reply, host.replies().askedFor(reply).orElse(null), message.headers())
                    .or(() -> host.replies().deliver(reply, ReplyTokens.serviceOf(message.headers())))
                    .ifPresent(refusal -> deadLetters.keep(
                            message,
                            "Refused reply: " + refusal,
                            host.mention(sagaId).in(reply.step())));
        } catch (MalformedMessageException e) {
            deadLetters.keep(message, e.getMessage(), saga(message));
        } catch (RuntimeException e) {
            LOGGER.error(
                    "A reply to {} at {} met an unexpected error", saga(message), place(message), Printable.failure(e));
            deadLetters.keep(message, "An unexpected error: " + e, saga(message));
        }
    }

    private void takeEntry(ConsumerRecord<String, byte[]> message) {
        try {
            partitions.read(message.partition(), message.offset(), parse.apply(message));
        } catch (MalformedMessageException e) {
            if (warnings.passes()) {
                LOGGER.warn(
                        "Skipped the record of {} at {}: {}{}",
                        saga(message),
                        place(message),
                        Printable.of(e.getMessage()),
                        warnings.andMore());
            }
            skip(message, e.getMessage());
        } catch (RuntimeException e) {
            LOGGER.error(
                    "The entry of {} at {} met an unexpected error and is skipped",
                    saga(message),
                    place(message),
                    Printable.failure(e));
            skip(message, "An unexpected error: " + e);
        }
    }

    private void skip(ConsumerRecord<String, byte[]> message, @Nullable String reason) {
        unreadable.incrementAndGet();
        if (message.offset() >= judged.getOrDefault(message.partition(), 0L) && letters.passes()) {
            deadLetters.keep(message, reason, saga(message));
        }
        try {
            partitions.skipped(message.partition(), message.offset());
        } catch (RuntimeException e) {
            LOGGER.error("Partition {} cannot be gone on with", message.partition(), Printable.failure(e));
        }
    }

    private SagaMention saga(ConsumerRecord<String, byte[]> message) {
        String key = message.key();
        return SagaId.isValid(key)
                ? host.mention(new SagaId(key)).as("saga " + key)
                : new SagaMention("no saga", Map.of());
    }

    private static String place(ConsumerRecord<String, byte[]> message) {
        return "%s partition %d offset %d".formatted(message.topic(), message.partition(), message.offset());
    }
}
