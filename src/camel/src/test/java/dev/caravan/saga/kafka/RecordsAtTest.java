package dev.caravan.saga.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class RecordsAtTest {

    private static final TopicPartition PART = new TopicPartition("saga-logs", 0);
    private static final int FETCH = 10;
    private static final long NOTHING_MORE = Long.MAX_VALUE;

    /** A partition of 100,000 records, the first of which are gone. */
    private static final long BEGINNING = 100;

    private static final long END = 100_000;

    private final List<Long> sought = new ArrayList<>();
    private long missing = -1;
    private int polled;
    private final MockConsumer<String, byte[]> consumer = new MockConsumer<>(OffsetResetStrategy.EARLIEST) {
        @Override
        public synchronized ConsumerRecords<String, byte[]> poll(Duration timeout) {
            ConsumerRecords<String, byte[]> records = super.poll(timeout);
            polled += records.count();
            return records;
        }

        /** The broker has it all, the mock what may be polled next. */
        @Override
        public synchronized void seek(TopicPartition partition, long offset) {
            super.seek(partition, offset);
            sought.add(offset);
            LongStream.range(offset, Math.min(END, offset + FETCH))
                    .filter(at -> at != missing)
                    .forEach(at -> addRecord(new ConsumerRecord<>(PART.topic(), 0, at, "saga-" + at, new byte[0])));
        }
    };

    private List<Long> read(long more, long... offsets) {
        consumer.updateBeginningOffsets(Map.of(PART, BEGINNING));
        consumer.updateEndOffsets(Map.of(PART, END));
        List<Long> read = new ArrayList<>();
        new RecordsAt(consumer, PART).read(offsets, more, message -> read.add(message.offset()));
        return read;
    }

    @Test
    void fetchesWhatIsAroundTheOffsetsAndNotWhatIsBetweenThem() {
        assertThat(read(NOTHING_MORE, 100, 101, 103, 50_000, 99_999))
                .containsExactly(100L, 101L, 103L, 50_000L, 99_999L);
        assertThat(polled).isEqualTo(FETCH + FETCH + 1);
    }

    @Test
    void leavesOutWhatTheLogNoLongerHas() {
        assertThat(read(NOTHING_MORE, 5, 99, 100, 100_000)).containsExactly(100L);
        assertThat(sought).containsExactly(100L);
    }

    @Test
    void goesOnWithAllThatCameLater() {
        assertThat(read(99_995, 200)).containsExactly(200L, 99_995L, 99_996L, 99_997L, 99_998L, 99_999L);
        assertThat(polled).isEqualTo(FETCH + 5);
    }

    @Test
    void readsOnceWhatCameLaterAndWasAskedFor() {
        assertThat(read(99_997, 200, 99_998)).containsExactly(200L, 99_997L, 99_998L, 99_999L);
    }

    /** The log is compacted, or a transaction's end was there. */
    @Test
    void readsNoOtherInPlaceOfOneThatIsGone() {
        missing = 50_001;
        assertThat(read(NOTHING_MORE, 50_000, 50_001, 50_003)).containsExactly(50_000L, 50_003L);
    }

    @Test
    void readsNothingWhereThereIsNothing() {
        assertThat(read(NOTHING_MORE)).isEmpty();
        assertThat(read(END)).isEmpty();
        assertThat(sought).isEmpty();
        assertThat(polled).isZero();
    }
}
