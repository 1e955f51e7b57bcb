package dev.caravan.saga.kafka;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.jspecify.annotations.Nullable;

/**
 * This process as a member of one consumer group. Kafka fences it when another member has its instance id: a process
 * that took its place while it was frozen, or one that was given the same id by mistake. What it was assigned is the
 * other one's from then on, and what it asks for is refused; a new request to join would fence the other one in turn.
 *
 * <p>So it lets go of all that it holds, and is out as long as the group has a member with its id. When it has none any more,
 * because the other process has ended or was never there, it comes back with a new consumer. All is done on the thread of its
 * loop.
 */
final class GroupMember {

    private final Function<Map<String, Object>, ? extends Consumer<String, byte[]>> consumers;
    private final Map<String, Object> settings;
    private final List<String> topics;
    private final ConsumerRebalanceListener assignment;
    private final Runnable letGo;
    private final BiPredicate<String, String> taken;
    private volatile Consumer<String, byte[]> consumer;
    private volatile @Nullable String fenced;
    private volatile boolean out;

    /**
     * It joins when it is told to.
     *
     * @param consumers makes one with such settings
     * @param letGo forgets all that was assigned and commits nothing; it may be called again
     * @param taken whether a group has a member with an instance id
     */
    GroupMember(
            Function<Map<String, Object>, ? extends Consumer<String, byte[]>> consumers,
            Map<String, Object> settings,
            List<String> topics,
            ConsumerRebalanceListener assignment,
            Runnable letGo,
            BiPredicate<String, String> taken) {
        this.consumers = consumers;
        this.settings = new HashMap<>(settings);
        this.topics = topics;
        this.assignment = assignment;
        this.letGo = letGo;
        this.taken = taken;
        this.consumer = consumers.apply(settings);
    }

    /** With which it reads now. */
    Consumer<String, byte[]> consumer() {
        return consumer;
    }

    void join() {
        consumer.subscribe(topics, assignment);
    }

    /**
     * Its consumer must not be polled any more.
     *
     * @return what is to be told of it
     */
    String fence(String loop) {
        String told =
                ("%s was fenced: another process is member %s of its group now, by the same caravan.instance-id, or Kafka took"
                                + " a request of this one that came twice for another's. It lets go of what it has, and does nothing"
                                + " as long as another has the id. Give each instance an id of its own")
                        .formatted(loop, instanceId());
        fenced = told;
        out = true;
        return told;
    }

    /** True from when it was fenced until it has a new consumer. */
    boolean isOut() {
        return out;
    }

    /** What was told when it was fenced; empty when it never was. */
    Optional<String> fenced() {
        return Optional.ofNullable(fenced);
    }

    /**
     * Comes back as a new member, unless another one has its id. If that fails, it is still out.
     *
     * @return the consumer that it has no more, to be closed; empty: another has its id
     */
    Optional<Consumer<String, byte[]>> joinAgain() {
        letGo.run();
        if (taken.test((String) Objects.requireNonNull(settings.get(ConsumerConfig.GROUP_ID_CONFIG)), instanceId())) {
            return Optional.empty();
        }
        Consumer<String, byte[]> before = consumer;
        consumer = consumers.apply(settings);
        out = false;
        join();
        return Optional.of(before);
    }

    private String instanceId() {
        return (String) Objects.requireNonNull(settings.get(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG));
    }
}
