package dev.caravan.saga.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.engine.OwnedPartitions;
import dev.caravan.saga.engine.SagaEngine;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.message.MessageCodec;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogCodec;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.test.ManualTimers;
import dev.caravan.saga.test.TestEngine;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** What bad records do to the good ones beside them. */
class HostRecordsTest {

    private static final SagaId ID = new SagaId("order-1");
    private static final String POISON = "{\"sagaId\":\"poison-1\",\"sequence\":0,"
            + "\"timestamp\":\"2026-11-29T09:00:00Z\",\"event\":{\"type\":\"SNAPSHOT\",\"state\":%s}}";

    private final SagaLogCodec codec = new SagaLogCodec();
    private final ManualTimers timers = new ManualTimers();
    private final SagaEngine engine = engine(OwnedPartitions.Ends.UNTOLD);
    private final SagaHost host = engine.host();
    private final OwnedPartitions owned = engine.partitions();
    private final List<String> letters = new ArrayList<>();
    private final HostRecords records = new HostRecords(
            message -> codec.decode(message.value()),
            owned,
            host,
            ReplyTokens.NONE,
            new MessageCodec(),
            (message, reason, saga) -> letters.add(message.topic() + "@" + message.offset() + " " + reason),
            timers.clock());
    private long offset;

    private SagaEngine engine(OwnedPartitions.Ends ends) {
        return TestEngine.on(new InMemorySagaLog(), timers).partitions(ends).build();
    }

    private void take(String topic, String value) {
        records.take(
                new ConsumerRecord<>(topic, 0, offset++, ID.value(), value == null ? null : value.getBytes(UTF_8)));
    }

    private void takeEntry(long sequence, SagaEvent event) {
        take(Topics.SAGA_LOGS, new String(codec.encode(new SagaLogEntry(ID, sequence, Instant.EPOCH, event)), UTF_8));
    }

    @Test
    void goesOnBehindRecordsThatAreNoEntries() {
        owned.gained(0, 0, 7);
        takeEntry(0, new SagaEvent.Start("order-saga", null, null, null, Map.of(), "orders"));
        for (String state : List.of("null", "{}", "{\"sagaId\":\"poison-1\",\"status\":\"EXECUTING\"}")) {
            take(Topics.SAGA_LOGS, POISON.formatted(state));
        }
        take(Topics.SAGA_LOGS, "garbage");
        take(Topics.SAGA_LOGS, null);
        takeEntry(1, new SagaEvent.Enlist(new Step("PAY", 1), null, null, Map.of()));

        assertThat(owned.ready()).isCompleted();
        assertThat(owned.inFlight(ID).orElseThrow().steps()).hasSize(1);
        assertThat(records.unreadable()).isEqualTo(5);
        assertThat(letters)
                .hasSize(5)
                .first()
                .asString()
                .startsWith("saga-logs@1 Not an entry of a saga log: Invalid `null` value");
    }

    @Test
    void becomesReadyWhenTheLastRecordIsNoEntry() {
        owned.gained(0, 0, 1);

        take(Topics.SAGA_LOGS, "garbage");

        assertThat(owned.ready()).isCompleted();
    }

    @Test
    void keepsNoDeadLetterThatTheOwnerBeforeHasKept() {
        owned.gained(0, 0, 3);
        records.gained(0, 2);

        take(Topics.SAGA_LOGS, "garbage");
        take(Topics.SAGA_LOGS, "garbage");
        take(Topics.SAGA_LOGS, "garbage");

        assertThat(letters).singleElement().asString().startsWith("saga-logs@2");
        assertThat(records.unreadable()).isEqualTo(3);
    }

    @Test
    void keepsABoundedNumberOfTheLogsDeadLettersEachMinute() {
        owned.gained(0, 0, 0);
        for (int i = 0; i < 1500; i++) {
            take(Topics.SAGA_LOGS, "garbage");
        }
        assertThat(letters).hasSize(1000);

        timers.advance(Duration.ofMinutes(1));
        take(Topics.SAGA_LOGS, "garbage");

        assertThat(letters).hasSize(1001);
        assertThat(records.unreadable()).isEqualTo(1501);
    }

    @Test
    void keepsAReplyThatCannotBeRead() {
        take(Topics.SAGA_REPLIES, "[]");
        take(Topics.SAGA_REPLIES, null);

        assertThat(letters)
                .containsExactly(
                        "saga-replies@0 Expected a JSON object",
                        "saga-replies@1 The record has no value. Expected a JSON object");
    }

    @Test
    void skipsAnEntryWithWhichSomethingGoesWrong() {
        SagaEngine second = engine(ended -> {
            throw new IllegalStateException("no topic");
        });
        OwnedPartitions failing = second.partitions();
        HostRecords taken = new HostRecords(
                message -> codec.decode(message.value()),
                failing,
                second.host(),
                ReplyTokens.NONE,
                new MessageCodec(),
                (message, reason, saga) -> letters.add(reason),
                timers.clock());
        failing.gained(0, 0, 0);
        byte[] start = codec.encode(new SagaLogEntry(
                ID, 0, Instant.EPOCH, new SagaEvent.Start("order-saga", null, null, null, Map.of(), "orders")));
        byte[] complete = codec.encode(new SagaLogEntry(ID, 1, Instant.EPOCH, new SagaEvent.Complete()));

        taken.take(new ConsumerRecord<>(Topics.SAGA_LOGS, 0, 0, ID.value(), start));
        taken.take(new ConsumerRecord<>(Topics.SAGA_LOGS, 0, 1, ID.value(), complete));

        assertThat(letters).containsExactly("An unexpected error: java.lang.IllegalStateException: no topic");
        assertThat(second.host().live(ID).map(saga -> saga.state().status())).isNotEqualTo(SagaStatus.EXECUTING);
    }
}
