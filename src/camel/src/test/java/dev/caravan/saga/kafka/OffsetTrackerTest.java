package dev.caravan.saga.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class OffsetTrackerTest {

    private final OffsetTracker tracker = new OffsetTracker();

    private void begin(long... offsets) {
        for (long offset : offsets) {
            tracker.begin(offset);
        }
    }

    private void done(long... offsets) {
        for (long offset : offsets) {
            tracker.done(offset);
        }
    }

    @Test
    void hasNothingToCommitAtFirst() {
        assertThat(tracker.position()).isEmpty();
    }

    @Test
    void staysAtTheFirstRecordThatIsNotDone() {
        begin(10, 11, 12);
        done(11, 12);

        assertThat(tracker.position()).isEqualTo(OptionalLong.of(10));
    }

    @Test
    void movesOverAllThatIsDone() {
        begin(10, 11, 12);
        done(12, 10);
        assertThat(tracker.position()).isEqualTo(OptionalLong.of(11));

        done(11);
        assertThat(tracker.position()).isEqualTo(OptionalLong.of(13));
    }

    @Test
    void movesBehindTheLastRecord() {
        begin(10);
        done(10);

        assertThat(tracker.position()).isEqualTo(OptionalLong.of(11));
    }

    @Test
    void saysEachPositionOnce() {
        begin(10);
        done(10);
        tracker.position();

        assertThat(tracker.position()).isEmpty();
    }

    @Test
    void movesOverOffsetsThatHoldNoRecord() {
        begin(10, 15);
        done(10);
        assertThat(tracker.position()).isEqualTo(OptionalLong.of(15));

        done(15);
        assertThat(tracker.position()).isEqualTo(OptionalLong.of(16));
    }

    @Test
    void takesARecordThatIsDoneTwiceOnce() {
        begin(10, 11);
        done(10, 10);

        assertThat(tracker.position()).isEqualTo(OptionalLong.of(11));
    }
}
