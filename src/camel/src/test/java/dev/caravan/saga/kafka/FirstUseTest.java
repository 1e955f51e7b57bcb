package dev.caravan.saga.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;

class FirstUseTest {

    private final Queue<Runnable> now = new ArrayDeque<>();
    private final Queue<Runnable> later = new ArrayDeque<>();
    private final List<String> lookUps = new ArrayList<>();
    private final AtomicLong nanos = new AtomicLong();
    private RuntimeException failure;
    private final FirstUse topics = new FirstUse(this::lookUp, now::add, later::add, nanos::get);

    private void lookUp(String topic) {
        lookUps.add(topic);
        if (failure != null) {
            throw new IllegalStateException(failure);
        }
    }

    @Test
    void looksATopicUpOnceForAllWhoUseIt() {
        CompletableFuture<Void> one = topics.of("stock-commands");
        CompletableFuture<Void> other = topics.of("stock-commands");
        assertThat(now).hasSize(1);

        now.remove().run();

        assertThat(one).isCompleted();
        assertThat(other).isCompleted();
        assertThat(topics.of("stock-commands")).isCompleted();
        assertThat(lookUps).containsExactly("stock-commands");
    }

    @Test
    void looksItUpAgainWhileNoBrokerAnswers() {
        failure = new TimeoutException("no broker");
        CompletableFuture<Void> known = topics.of("stock-commands");
        now.remove().run();
        assertThat(known).isNotDone();

        failure = null;
        later.remove().run();

        assertThat(known).isCompleted();
    }

    @Test
    void givesUpWhenNoBrokerAnswersForLongAndBeginsAnewWhenAskedAgain() {
        failure = new TimeoutException("no broker");
        CompletableFuture<Void> known = topics.of("stock-commands");
        now.remove().run();
        nanos.addAndGet(Duration.ofMinutes(2).toNanos());
        later.remove().run();
        assertThat(known).isCompletedExceptionally();

        failure = null;
        CompletableFuture<Void> again = topics.of("stock-commands");
        now.remove().run();

        assertThat(again).isCompleted();
    }

    @Test
    void doesNotAskAgainForWhatItMayNotUse() {
        failure = new TopicAuthorizationException("no");
        CompletableFuture<Void> known = topics.of("stock-commands");
        now.remove().run();

        assertThat(known).isCompletedExceptionally();
        assertThat(later).isEmpty();
    }
}
