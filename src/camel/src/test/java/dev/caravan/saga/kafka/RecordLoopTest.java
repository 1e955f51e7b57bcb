package dev.caravan.saga.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.testing.HangLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.junit.jupiter.api.Test;

/** A loop whose member of a group is fenced, without a broker. */
class RecordLoopTest {

    private static final String TOPIC = "commands";
    private static final TopicPartition PART = new TopicPartition(TOPIC, 0);

    /** What happened, in order. */
    private final List<String> story = new CopyOnWriteArrayList<>();

    private final List<FakeConsumer> made = new CopyOnWriteArrayList<>();
    private final List<Map<String, Object>> settings = new ArrayList<>();
    private final AtomicInteger refusals = new AtomicInteger();
    /** How often another has the id when it is asked for. */
    private final AtomicInteger others = new AtomicInteger();

    private final CountDownLatch refused = new CountDownLatch(5);
    private final GroupMember member = new GroupMember(
            this::consumer,
            new Membership("pod-0", Duration.ofSeconds(6)).of("payment"),
            List.of(TOPIC),
            new ConsumerRebalanceListener() {
                @Override
                public void onPartitionsRevoked(Collection<TopicPartition> parts) {}

                @Override
                public void onPartitionsAssigned(Collection<TopicPartition> parts) {}
            },
            () -> story.add("lets go"),
            this::isTaken);
    private final RecordLoop loop = new RecordLoop("payment-commands", member, this::handle, () -> story.add("ends"));

    /** One that is told what a poll meets. */
    private final class FakeConsumer extends MockConsumer<String, byte[]> {

        private final int number = made.size();

        private FakeConsumer() {
            super(OffsetResetStrategy.EARLIEST);
        }

        private void fence() {
            fence(new FencedInstanceIdException("Another has it"));
        }

        private void fence(KafkaException failure) {
            schedulePollTask(() -> {
                story.add(number + " is fenced");
                throw failure;
            });
        }

        private void bring(String key) {
            schedulePollTask(() -> {
                rebalance(List.of(PART));
                updateBeginningOffsets(Map.of(PART, 0L));
                addRecord(new ConsumerRecord<>(TOPIC, 0, 0, key, new byte[0]));
            });
        }

        @Override
        public synchronized ConsumerRecords<String, byte[]> poll(Duration timeout) {
            if (story.contains(number + " is fenced")) {
                story.add(number + " is polled all the same");
            }
            return super.poll(timeout);
        }

        @Override
        public synchronized void close(Duration timeout) {
            if (!closed()) {
                story.add(number + " is closed");
                super.close(timeout);
            }
        }
    }

    private Consumer<String, byte[]> consumer(Map<String, Object> with) {
        if (refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            refused.countDown();
            throw new KafkaException("No resolvable bootstrap urls");
        }
        settings.add(new HashMap<>(with));
        FakeConsumer consumer = new FakeConsumer();
        made.add(consumer);
        if (made.size() > 1) {
            consumer.bring("order-1");
        }
        return consumer;
    }

    private boolean isTaken(String group, String id) {
        assertThat(group).isEqualTo("payment");
        assertThat(id).isEqualTo("pod-0");
        return others.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    }

    private void handle(ConsumerRecords<String, byte[]> records) {
        records.forEach(message -> story.add("takes " + message.key()));
    }

    private void start() {
        member.join();
        loop.start();
    }

    @Test
    void comesBackAsANewMemberWhenItIsFenced() {
        made.get(0).fence();

        start();

        await().until(() -> story.contains("takes order-1"));
        assertThat(story).containsExactly("0 is fenced", "lets go", "0 is closed", "takes order-1");
        assertThat(settings.get(0)).containsEntry("group.instance.id", "pod-0");
        assertThat(settings.get(1)).containsEntry("group.instance.id", "pod-0").containsEntry("group.id", "payment");
        assertThat(made.get(1).subscription()).containsExactly(TOPIC);
        assertThat(loop.trouble()).isEmpty();
        assertThat(loop.fenced().orElseThrow())
                .contains("payment-commands was fenced")
                .contains("member pod-0 of its group")
                .contains("caravan.instance-id")
                .contains("does nothing as long as another has the id");
        loop.close();
        assertThat(story).endsWith("ends", "1 is closed");
    }

    @Test
    void doesNothingAndSaysWhyWhileAnotherHasItsId() {
        others.set(Integer.MAX_VALUE);
        made.get(0).fence();

        start();

        await().until(() -> story.contains("lets go") && loop.trouble().isPresent());
        assertThat(loop.trouble()).isEqualTo(loop.fenced());
        assertThat(made).hasSize(1);
        others.set(0);
        await().until(() -> story.contains("takes order-1"));
        assertThat(loop.trouble()).isEmpty();
        loop.close();
        assertThat(story).doesNotContain("0 is polled all the same");
    }

    /** As the commit is that is made while partitions are revoked. */
    @Test
    void comesBackWhenACommitWithinAPollIsFenced() {
        made.get(0).fence(new KafkaException("A listener failed", new FencedInstanceIdException("Another has it")));

        start();

        await().until(() -> story.contains("takes order-1"));
        loop.close();
        assertThat(story)
                .containsExactly("0 is fenced", "lets go", "0 is closed", "takes order-1", "ends", "1 is closed");
    }

    @Test
    void staysOutAndTellsUntilANewConsumerCanBeMade() throws Exception {
        refusals.set(0);
        made.get(0).schedulePollTask(() -> refusals.set(5));
        made.get(0).fence();

        start();

        refused.await();
        await().until(() -> story.contains("takes order-1"));
        assertThat(story)
                .doesNotContain("0 is polled all the same")
                .filteredOn(each -> !each.equals("lets go"))
                .containsExactly("0 is fenced", "0 is closed", "takes order-1");
        loop.close();
    }

    @Test
    void saysThatItCannotWorkWhileNoNewConsumerCanBeMade() {
        made.get(0).schedulePollTask(() -> refusals.set(Integer.MAX_VALUE));
        made.get(0).fence();

        start();

        await().until(() -> loop.trouble()
                .filter(told -> told.contains("No resolvable bootstrap urls"))
                .isPresent());
        assertThat(loop.fenced()).isPresent();
        assertThat(loop.stop()).succeedsWithin(HangLimit.TIME);
        assertThat(Collections.frequency(story, "0 is polled all the same")).isZero();
        assertThat(story).endsWith("ends", "0 is closed");
    }

    @Test
    void hasNeverBeenFencedFromTheBeginning() {
        made.get(0).bring("order-0");

        start();

        await().until(() -> story.contains("takes order-0"));
        assertThat(loop.fenced()).isEqualTo(Optional.empty());
        loop.close();
        assertThat(story).containsExactly("takes order-0", "ends", "0 is closed");
    }
}
