package dev.caravan.saga.kafka;

import dev.caravan.saga.Printable;
import dev.caravan.saga.participant.CommandHandler;
import dev.caravan.saga.participant.CommandInterceptor;
import dev.caravan.saga.participant.ParticipantListener;
import dev.caravan.saga.time.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the commands of one service, as a consumer group of that name: those of one saga in order, different sagas
 * concurrently. A command's offset is committed only after its reply is durable, so a command is never lost; it may
 * come again. When too much is in flight, the partitions are paused.
 *
 * <p>A command that is tried again holds up the commands of its saga behind it. A compensation that finds its action at
 * work does not: it comes again, every half second, until that action has ended.
 */
final class CommandLoop {

    private static final Logger LOGGER = LoggerFactory.getLogger(CommandLoop.class);
    private static final int LARGEST_POLL = 500;
    private static final Duration AT_WORK = Duration.ofMillis(500);
    private static final Duration COMMIT_INTERVAL = Duration.ofMillis(200);

    private final String service;
    private final KafkaClients clients;
    private final Topics topics;
    private final Timers timers;
    private final int maxInFlight;
    private final Membership membership;
    private final KeyedExecutor bySaga;
    private final CommandWork work;
    private final Map<TopicPartition, OffsetTracker> trackers = new ConcurrentHashMap<>();
    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile @Nullable GroupMember member;
    private volatile boolean draining;
    private volatile int partitions;
    private @Nullable Instant nextCommit;
    private volatile @Nullable RecordLoop loop;

    CommandLoop(
            String service,
            KafkaClients clients,
            Topics topics,
            Executor workers,
            Timers timers,
            int maxInFlight,
            Membership membership,
            ParticipantListener listener,
            CommandInterceptor interceptor,
            int batchSize) {
        clients.reserve(service);
        this.service = service;
        this.clients = clients;
        this.topics = topics;
        this.timers = timers;
        this.maxInFlight = maxInFlight;
        this.membership = membership;
        this.bySaga = new KeyedExecutor(workers);
        this.work = new CommandWork(service, clients, workers, timers, listener, interceptor, batchSize);
    }

    void add(String command, CommandHandler handler) {
        if (work.handlers().putIfAbsent(command, handler) != null) {
            throw new IllegalStateException(
                    "There are two routes from saga-command:%s/%s; keep one".formatted(service, command));
        }
    }

    Map<String, CommandHandler> handlers() {
        return work.handlers();
    }

    /** @return true when this was the last command */
    boolean remove(String command) {
        work.handlers().remove(command);
        return work.handlers().isEmpty();
    }

    synchronized void start() {
        if (loop != null || draining) {
            return;
        }
        List<String> commands = List.of(Topics.commandsOf(service), Topics.COMPENSATION_COMMANDS);
        List<String> all = new ArrayList<>(Topics.withDeadLetters(commands));
        all.add(Topics.SAGA_REPLIES);
        topics.ensure(all, Map.of());
        nextCommit = timers.steady().instant().plus(COMMIT_INTERVAL);
        Assignment assignment = new Assignment();
        member = new GroupMember(
                clients::consumer, settings(), commands, assignment, assignment::letGo, clients::hasMember);
        member.join();
        loop = new RecordLoop(service + "-commands", member, this::accept, this::commit);
        loop.start();
    }

    /** No poll brings more than may be in flight. */
    private Map<String, Object> settings() {
        Map<String, Object> settings = membership.of(service);
        // an application of the service's name that runs sagas, too, is another member of the same group
        settings.computeIfPresent(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, (key, id) -> id + "-commands");
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, Math.min(maxInFlight, LARGEST_POLL));
        return settings;
    }

    /** Why it takes no commands, and what to do. */
    synchronized Optional<String> trouble() {
        return loop == null ? Optional.empty() : loop.trouble();
    }

    /** That Kafka fenced it, and why; it may be back since. */
    synchronized Optional<String> fenced() {
        return loop == null ? Optional.empty() : loop.fenced();
    }

    /** Whose commands it takes, compensations and actions. */
    int partitions() {
        return partitions;
    }

    /**
     * Takes no more commands, and stays in the group: nobody else gets those that are at work meanwhile.
     *
     * @return completes when those are answered
     */
    synchronized CompletableFuture<Void> drain() {
        draining = true;
        if (loop == null) {
            return CompletableFuture.completedFuture(null);
        }
        loop.wakeup();
        return work.drain();
    }

    /** Leaves the group; what is not answered is taken by another instance. Completes when it is out. */
    synchronized CompletableFuture<Void> leave() {
        if (loop == null) {
            return CompletableFuture.completedFuture(null);
        }
        work.close();
        return loop.stop();
    }

    private void accept(ConsumerRecords<String, byte[]> records) {
        for (ConsumerRecord<String, byte[]> message : records) {
            OffsetTracker tracker = trackers.computeIfAbsent(part(message), part -> new OffsetTracker());
            tracker.begin(message.offset());
            inFlight.incrementAndGet();
            submit(message, tracker);
        }
        commitLater();
        if (draining || inFlight.get() >= maxInFlight) {
            consumer().pause(consumer().assignment());
        } else if (inFlight.get() <= maxInFlight / 2) {
            consumer().resume(consumer().paused());
        }
    }

    private void submit(ConsumerRecord<String, byte[]> message, OffsetTracker tracker) {
        bySaga.submit(
                keyOf(message), () -> trackers.get(part(message)) == tracker ? work(message, tracker) : leave(message));
    }

    private CompletableFuture<Void> work(ConsumerRecord<String, byte[]> message, OffsetTracker tracker) {
        return work.on(message, done -> {
            if (done) {
                tracker.done(message.offset());
                ended();
            } else {
                timers.schedule(AT_WORK, () -> submit(message, tracker));
            }
        });
    }

    /** Its partition was lost before it began: who has it now takes it. */
    private CompletableFuture<Void> leave(ConsumerRecord<String, byte[]> message) {
        LOGGER.debug("{} leaves {} at {} to the new owner", service, part(message), message.offset());
        ended();
        return CompletableFuture.completedFuture(null);
    }

    private void ended() {
        if (inFlight.decrementAndGet() == maxInFlight / 2) {
            Objects.requireNonNull(loop).wakeup();
        }
    }

    private Consumer<String, byte[]> consumer() {
        return Objects.requireNonNull(member).consumer();
    }

    private static TopicPartition part(ConsumerRecord<String, byte[]> message) {
        return new TopicPartition(message.topic(), message.partition());
    }

    private static String keyOf(ConsumerRecord<String, byte[]> message) {
        return message.key() == null ? message.topic() + message.partition() : message.key();
    }

    /**
     * Used while polling: a commit that is lost is made up for by the next one. Not after each poll, since a commit costs
     * Kafka as much as a record; what was done since the last one comes again after a crash.
     */
    private void commitLater() {
        Instant now = timers.steady().instant();
        if (now.isBefore(nextCommit)) {
            return;
        }
        Map<TopicPartition, OffsetAndMetadata> positions = positions();
        if (!positions.isEmpty()) {
            nextCommit = now.plus(COMMIT_INTERVAL);
            consumer().commitAsync(positions, (done, failure) -> {
                if (failure != null) {
                    LOGGER.debug("{} will commit again: {}", service, Printable.of(failure));
                }
            });
        }
    }

    private void commit() {
        Map<TopicPartition, OffsetAndMetadata> positions = positions();
        if (!positions.isEmpty()) {
            consumer().commitSync(positions);
        }
    }

    private Map<TopicPartition, OffsetAndMetadata> positions() {
        Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
        trackers.forEach((part, tracker) ->
                tracker.position().ifPresent(position -> positions.put(part, new OffsetAndMetadata(position))));
        return positions;
    }

    /** Runs on the loop's thread. */
    private final class Assignment implements ConsumerRebalanceListener {

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
            LOGGER.debug("{} takes the commands of {}", service, assigned);
            partitions = assigned.size();
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
            commit();
            onPartitionsLost(revoked);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> lost) {
            trackers.keySet().removeAll(lost);
            partitions = 0;
        }

        private void letGo() {
            onPartitionsLost(Set.copyOf(trackers.keySet()));
        }
    }
}
