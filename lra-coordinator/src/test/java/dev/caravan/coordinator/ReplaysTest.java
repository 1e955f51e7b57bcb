package dev.caravan.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import com.arjuna.ats.arjuna.common.Uid;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReplaysTest {

    private static final Uid LRA = new Uid("0:ffff7f000001:9a07:6b02d075:1");
    private static final Uid OTHER = new Uid("0:ffff7f000001:9a07:6b02d075:2");

    private final Queue<Runnable> threads = new ArrayDeque<>();
    private final List<Duration> later = new ArrayList<>();
    private final Queue<Runnable> delayed = new ArrayDeque<>();
    private final SettableClock clock = new SettableClock();
    private final Replays replays =
            new Replays(threads::add, this::later, clock, Duration.ofSeconds(2), Duration.ofSeconds(10));

    @Test
    void doublesTheDelayUpToTheLongest() {
        List<Long> seconds = new ArrayList<>();
        for (int second = 0; second < 40; second++) {
            submit(LRA, false);
            if (!threads.isEmpty()) {
                threads.remove().run();
                seconds.add((long) second);
            }
            clock.addSeconds(1);
        }

        assertThat(seconds).containsExactly(0L, 2L, 6L, 14L, 24L, 34L);
    }

    @Test
    void comesBackByItselfAfterEachDelay() {
        replays.expect(LRA, () -> false);
        replays.expect(LRA, () -> false);
        submit(LRA, true);
        threads.remove().run();

        assertThat(later).containsExactly(Duration.ofSeconds(2), Duration.ofSeconds(4));
        assertThat(replays.hasBeenReplayedFor(LRA, Duration.ofSeconds(2))).isFalse();
        clock.addSeconds(3);
        assertThat(replays.hasBeenReplayedFor(LRA, Duration.ofSeconds(2))).isTrue();
        assertThat(replays.hasBeenReplayedFor(OTHER, Duration.ZERO)).isFalse();
    }

    @Test
    void doesNotRunOneLraTwiceAtATime() {
        submit(LRA, true);
        submit(LRA, true);
        submit(OTHER, true);

        assertThat(threads).hasSize(2);
    }

    @Test
    void runsWhatIsNotDueOnDemand() {
        submit(LRA, true);
        threads.remove().run();
        submit(LRA, false);
        assertThat(threads).isEmpty();

        submit(LRA, true);

        assertThat(threads).hasSize(1);
    }

    @Test
    void runsAgainAtOnceForWhoAsksWhileOneRuns() {
        replays.submitNow(LRA, () -> false);
        replays.submitNow(LRA, () -> false);
        replays.submitNow(LRA, () -> false);
        threads.remove().run();
        assertThat(later).containsExactly(Duration.ZERO);
        delayed.remove().run();
        threads.remove().run();

        assertThat(later).containsExactly(Duration.ZERO, Duration.ofSeconds(2));
        assertThat(threads).isEmpty();
    }

    @Test
    void triesAgainAfterAnException() {
        replays.submit(LRA, false, () -> {
            throw new IllegalStateException("the store does not answer");
        });
        threads.remove().run();
        clock.addSeconds(2);

        submit(LRA, false);

        assertThat(threads).hasSize(1);
    }

    @Test
    void beginsAnewForAnLraThatWasGone() {
        submit(LRA, true);
        threads.remove().run();
        replays.forgetAllBut(Set.of(OTHER));

        submit(LRA, false);

        assertThat(threads).hasSize(1);
    }

    private void later(Runnable task, Duration delay) {
        later.add(delay);
        delayed.add(task);
    }

    private void submit(Uid uid, boolean dueOrNot) {
        replays.submit(uid, dueOrNot, () -> false);
    }
}
