package dev.caravan.coordinator;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Which instance of a coordinator has which partition, as the group of Kafka and the claims in the log say. */
final class LogGroup implements AutoCloseable {

    private static final String TOPIC = "lra-logs";
    private static final String GROUP = "lra-coordinator";

    private final Admin admin;
    private final KafkaConsumer<String, String> log;
    private final List<TopicPartition> partitions;
    private final Map<Integer, String> claims = new HashMap<>();
    private final Map<Integer, Set<String>> keys = new TreeMap<>();

    LogGroup(String brokers, int partitions) {
        admin = Admin.create(Map.of("bootstrap.servers", brokers));
        log = new KafkaConsumer<>(
                Map.of("bootstrap.servers", brokers), new StringDeserializer(), new StringDeserializer());
        this.partitions = IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(TOPIC, partition))
                .toList();
        log.assign(this.partitions);
        log.seekToBeginning(this.partitions);
    }

    /** All have some, and have claimed them. */
    void awaitAll(int instances) {
        await().until(() -> {
            Collection<MemberDescription> members = members();
            return members.size() == instances
                    && members.stream().noneMatch(member -> partitions(member).isEmpty())
                    && members.stream()
                                    .mapToInt(member -> partitions(member).size())
                                    .sum()
                            == partitions.size();
        });
    }

    Set<Integer> partitionsOf(String client) {
        Set<Integer> all = new HashSet<>();
        members().stream()
                .filter(member -> client.equals(member.clientId()))
                .forEach(member -> all.addAll(partitions(member)));
        return all;
    }

    private static Set<Integer> partitions(MemberDescription member) {
        Set<Integer> all = new HashSet<>();
        member.assignment().topicPartitions().forEach(each -> all.add(each.partition()));
        return all;
    }

    private Collection<MemberDescription> members() {
        try {
            ConsumerGroupDescription group = admin.describeConsumerGroups(List.of(GROUP))
                    .describedGroups()
                    .get(GROUP)
                    .get();
            return group.members();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /** The last claim of each partition, as far as it was written until now. */
    Map<Integer, String> claims() {
        Map<TopicPartition, Long> ends = log.endOffsets(partitions);
        while (ends.entrySet().stream().anyMatch(end -> log.position(end.getKey()) < end.getValue())) {
            log.poll(Duration.ofMillis(100)).forEach(record -> {
                if (record.key().equals("claim")) {
                    claims.put(record.partition(), record.value());
                } else if (!record.key().equals("release")) {
                    Set<String> left = keys.computeIfAbsent(record.partition(), first -> new HashSet<>());
                    if (record.value() == null) {
                        left.remove(record.key());
                    } else {
                        left.add(record.key());
                    }
                }
            });
        }
        return Map.copyOf(claims);
    }

    /** Of the records that are left beside the claims. */
    Set<String> left() {
        claims();
        Set<String> all = new HashSet<>();
        keys.values().forEach(all::addAll);
        return all;
    }

    /** Others have claimed all these partitions since. */
    void awaitTaken(Set<Integer> frozen, Map<Integer, String> before) {
        await().until(() -> {
            Map<Integer, String> now = claims();
            return frozen.stream().noneMatch(partition -> now.get(partition).equals(before.get(partition)));
        });
    }

    @Override
    public void close() {
        admin.close();
        log.close();
    }
}
