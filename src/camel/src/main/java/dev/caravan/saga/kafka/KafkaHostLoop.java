package dev.caravan.saga.kafka;

import dev.caravan.saga.camel.StartRefusedException;
import dev.caravan.saga.engine.OwnedPartitions;
import dev.caravan.saga.engine.SagaEngine;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.message.MessageCodec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads the saga log and the replies of the partitions that this instance owns, as a member of the application's
 * consumer group. Both topics have the same number of partitions and are assigned by range, so that who gets a saga's
 * log gets its replies.
 *
 * <p>What is committed for the log is where the oldest saga in flight begins: the next owner reads from there. When
 * the group is rebalanced, partitions that this instance keeps are read on where they were; only those that it loses
 * are let go. A reply that is read twice, or not at all because an instance died, does no harm: the step sends its
 * command again and gets the recorded reply.
 */
public final class KafkaHostLoop implements AutoCloseable {

    private static final int PARTITIONS_ARE_COUNTED = 30_000; // ms
    private static final Duration COMMIT_INTERVAL = Duration.ofSeconds(1);

    private final KafkaClients clients;
    private final LostEntries lost;
    private final SagaHost host;
    private final OwnedPartitions partitions;
    private final KafkaSagaLog log;
    private final Clock clock;
    private final Duration carryAfter;
    private final HostRecords records;
    private final GroupMember member;
    private final RecordLoop loop;
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    private final HostCommits commits;
    private final Clock steady;
    private Instant nextCommit = Instant.MIN;
    private volatile long lag;

    /**
     * @param engine owns partitions; the name of its application is that of the consumer group
     * @param carryAfter age at which a saga in flight is written down again; well below the log's retention
     * @param tokens what a reply has to carry to be believed
     */
    public KafkaHostLoop(
            KafkaClients clients,
            Topics topics,
            KafkaSagaLog log,
            SagaEngine engine,
            Clock clock,
            Membership membership,
            Duration carryAfter,
            ReplyTokens tokens) {
        clients.reserve(engine.host().application());
        this.clients = clients;
        this.lost = new LostEntries(log.topic());
        this.carryAfter = carryAfter;
        this.host = engine.host();
        this.partitions = engine.partitions();
        this.log = log;
        this.clock = clock;
        this.steady = host.timers().steady();
        this.records = new HostRecords(
                log::parse,
                partitions,
                host,
                tokens,
                new MessageCodec(clients.sensitiveFields()),
                new DeadLetters(clients)::keepOrWarn,
                steady);
        topics.ensure(
                List.of(
                        Topics.SAGA_REPLIES,
                        Topics.deadLettersOf(Topics.SAGA_REPLIES),
                        Topics.deadLettersOf(log.topic())),
                Map.of());
        int replyPartitions = topics.partitionsOf(Topics.SAGA_REPLIES);
        if (replyPartitions != log.partitions()) {
            throw new StartRefusedException(
                    "Topic %s has %d partitions and %s has %d; they need the same number."
                            .formatted(log.topic(), log.partitions(), Topics.SAGA_REPLIES, replyPartitions),
                    "Add partitions to %s, or set caravan.log.topic to a new topic; never add any to a log with sagas"
                            .formatted(Topics.SAGA_REPLIES));
        }
        Map<String, Object> settings = membership.of(host.application());
        settings.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, PARTITIONS_ARE_COUNTED);
        this.commits = new HostCommits(host, partitions, log.partitions(), positions);
        Assignment assignment = new Assignment();
        this.member = new GroupMember(
                clients::consumer,
                settings,
                List.of(log.topic(), Topics.SAGA_REPLIES),
                assignment,
                assignment::letGo,
                clients::hasMember);
        this.loop = new RecordLoop("saga-host", member, this::accept, () -> {
            try {
                clients.flush();
                commits.makeWith(consumer());
            } finally {
                logPartitions(positions.keySet()).forEach(partitions::lost);
            }
        });
    }

    /** Joins the group. Called when all routes have started, since sagas are gone on with from here on. */
    public void start() {
        member.join();
        loop.start();
    }

    private Consumer<String, byte[]> consumer() {
        return member.consumer();
    }

    private void accept(ConsumerRecords<String, byte[]> polled) {
        if (stopsBecause(clients.replaced().or(() -> lost.in(consumer(), polled, positions)))) {
            return;
        }
        for (ConsumerRecord<String, byte[]> message : polled) {
            positions.put(new TopicPartition(message.topic(), message.partition()), message.offset() + 1);
            records.take(message);
        }
        passGaps();
        lag = consumer().assignment().stream()
                .mapToLong(part -> consumer().currentLag(part).orElse(0))
                .sum();
        if (!steady.instant().isBefore(nextCommit)) {
            nextCommit = steady.instant().plus(COMMIT_INTERVAL);
            partitions.carryForward(clock.instant().minus(carryAfter));
            partitions.adopt();
            commits.sendTo(consumer());
        }
    }

    private boolean stopsBecause(Optional<String> reason) {
        reason.ifPresent(loop::stopBecause);
        return reason.isPresent();
    }

    /** Why this instance runs no sagas, and what to do; empty while it does, and when it was told to leave. */
    public Optional<String> trouble() {
        return loop.trouble();
    }

    /** That Kafka fenced this instance since it was started, and why; it may be back since. Empty when it did not. */
    public List<String> fenced() {
        return loop.fenced().stream().toList();
    }

    /** Records of the saga log and of replies, in this instance's partitions, that were not read. */
    public long lag() {
        return lag;
    }

    /** Not every offset has a record: a transaction's end has none, and what was deleted has none any more. */
    private void passGaps() {
        for (TopicPartition part : consumer().assignment()) {
            long position = consumer().position(part);
            Long known = positions.get(part);
            if (known != null && position > known) {
                positions.put(part, position);
                if (part.topic().equals(log.topic())) {
                    partitions.skipped(part.partition(), position - 1);
                }
            }
        }
    }

    /** Entries of the saga log in this instance's partitions that could not be read, since it began. */
    public long unreadable() {
        return records.unreadable();
    }

    private Set<Integer> logPartitions(Collection<TopicPartition> parts) {
        Set<Integer> numbers = new HashSet<>();
        parts.stream().filter(part -> part.topic().equals(log.topic())).forEach(part -> numbers.add(part.partition()));
        return numbers;
    }

    /**
     * Starts no saga any more, and lets go of those in flight when what was appended is durable: they go on in another
     * instance, or here after the next start.
     *
     * @return completes when this instance has left the group
     */
    public CompletableFuture<Void> leave() {
        partitions.refuseStarts();
        return loop.stop();
    }

    @Override
    public void close() {
        partitions.refuseStarts();
        loop.close();
    }

    /** Runs on the loop's thread. */
    private final class Assignment implements ConsumerRebalanceListener {

        /** All partitions are revoked at each rebalance, and most come back: nothing is let go yet. */
        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> parts) {
            commits.makeWith(consumer());
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> parts) {
            if (stopsBecause(clients.replaced())) {
                return;
            }
            Map<TopicPartition, OffsetAndMetadata> before = consumer().committed(new HashSet<>(parts));
            int now = consumer().partitionsFor(log.topic()).size();
            int had = before.values().stream()
                    .mapToInt(commit -> CommitNote.of(commit).partitions())
                    .filter(partitions -> partitions > 0)
                    .min()
                    .orElse(log.partitions());
            if (now != log.partitions() || now != had) {
                loop.stopBecause(
                        ("topic %s has %d partitions and had %d: sagas in flight would be looked for in the wrong ones."
                                        + " Set caravan.log.topic to a new topic, and start all instances again")
                                .formatted(log.topic(), now, Math.min(had, log.partitions())));
                return;
            }
            Map<TopicPartition, Long> ends = consumer().endOffsets(parts);
            if (stopsBecause(lost.in(before, ends))) {
                return;
            }
            Set<TopicPartition> gone = new HashSet<>(positions.keySet());
            gone.removeAll(parts);
            lose(gone);
            for (TopicPartition part : parts) {
                Long known = positions.get(part);
                if (known != null) {
                    consumer().seek(part, known);
                } else {
                    long position = consumer().position(part);
                    positions.put(part, position);
                    if (part.topic().equals(log.topic())) {
                        CommitNote note = CommitNote.of(before.get(part));
                        records.gained(part.partition(), note.readTo());
                        partitions.gained(part.partition(), position, ends.getOrDefault(part, position));
                    }
                }
            }
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> parts) {
            lose(new HashSet<>(parts));
        }

        /** Also what was revoked, and may have come back. */
        private void letGo() {
            lose(new HashSet<>(positions.keySet()));
            lag = 0;
        }

        private void lose(Set<TopicPartition> parts) {
            logPartitions(parts).forEach(partitions::lost);
            positions.keySet().removeAll(parts);
            commits.forget(parts);
        }
    }
}
