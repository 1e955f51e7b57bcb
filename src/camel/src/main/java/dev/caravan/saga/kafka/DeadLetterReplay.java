package dev.caravan.saga.kafka;

import dev.caravan.saga.Printable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends dead letters to the topics they came from, when the cause is removed. It is for all topics: which letters were
 * sent is the position of one consumer group, and nothing is deleted.
 *
 * <p>A letter may be sent twice, after a crash or by two callers at once; who reads the topic knows duplicates. One that
 * fails again becomes a new letter, which is for the next replay. Blocks; thread-safe.
 */
public final class DeadLetterReplay {

    private static final String GROUP = "caravan-dead-letters";
    private static final String HEADERS = "dlq-";
    private static final String SUFFIX = Topics.deadLettersOf("");
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Logger LOGGER = LoggerFactory.getLogger(DeadLetterReplay.class);

    private final KafkaClients clients;

    public DeadLetterReplay(KafkaClients clients) {
        this.clients = clients;
    }

    /** How many letters wait, by the topic that they came from; topics without any are left out. */
    public SortedMap<String, Long> waiting() {
        SortedMap<String, Long> waiting = new TreeMap<>();
        try (KafkaConsumer<String, byte[]> consumer = consumer()) {
            for (String name : consumer.listTopics().keySet()) {
                if (Topics.isForDeadLetters(name)) {
                    long letters = letters(consumer, name);
                    if (letters > 0) {
                        waiting.put(name.substring(0, name.length() - SUFFIX.length()), letters);
                    }
                }
            }
        }
        return waiting;
    }

    private static long letters(KafkaConsumer<String, byte[]> consumer, String name) {
        Map<TopicPartition, Long> begin = position(consumer, name);
        Map<TopicPartition, Long> end = consumer.endOffsets(begin.keySet());
        return begin.entrySet().stream()
                .mapToLong(part -> Objects.requireNonNull(end.get(part.getKey())) - part.getValue())
                .sum();
    }

    /**
     * Sends the letters that wait now.
     *
     * @param topic that they came from
     * @return how many
     * @throws IllegalArgumentException there are no dead letters of this topic
     * @throws IllegalStateException Kafka did not take one: none is lost, and some may have been sent
     */
    public int replay(String topic) {
        try (KafkaConsumer<String, byte[]> consumer = consumer()) {
            String name = Topics.deadLettersOf(topic);
            if (!consumer.listTopics().keySet().containsAll(List.of(topic, name))) {
                throw new IllegalArgumentException("There are no dead letters of a topic " + topic);
            }
            Map<TopicPartition, Long> begin = position(consumer, name);
            Map<TopicPartition, Long> end = consumer.endOffsets(begin.keySet());
            consumer.assign(begin.keySet());
            begin.forEach(consumer::seek);
            int sent = 0;
            while (end.entrySet().stream().anyMatch(part -> consumer.position(part.getKey()) < part.getValue())) {
                List<ConsumerRecord<String, byte[]>> letters = new ArrayList<>();
                consumer.poll(POLL).forEach(letters::add);
                letters.removeIf(letter -> letter.offset() >= Objects.requireNonNull(end.get(part(letter))));
                send(topic, letters);
                consumer.commitSync(after(letters));
                sent += letters.size();
            }
            LOGGER.info("{} dead letters were sent to {} again", sent, Printable.of(topic));
            return sent;
        }
    }

    private void send(String topic, Collection<ConsumerRecord<String, byte[]>> letters) {
        try {
            CompletableFuture.allOf(letters.stream()
                            .map(letter -> clients.send(original(topic, letter)))
                            .toArray(CompletableFuture[]::new))
                    .join();
        } catch (CompletionException e) {
            throw new IllegalStateException(
                    "Not all dead letters could be sent to %s: %s. Try again"
                            .formatted(
                                    topic,
                                    Objects.requireNonNullElse(e.getCause(), e).getMessage()),
                    e.getCause());
        }
    }

    /** The same key leads to the same partition. */
    private static ProducerRecord<String, byte[]> original(String topic, ConsumerRecord<String, byte[]> letter) {
        List<Header> headers = new ArrayList<>();
        letter.headers().forEach(header -> {
            if (!header.key().startsWith(HEADERS)) {
                headers.add(header);
            }
        });
        return new ProducerRecord<>(topic, null, letter.key(), letter.value(), headers);
    }

    private static Map<TopicPartition, OffsetAndMetadata> after(List<ConsumerRecord<String, byte[]>> letters) {
        Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
        letters.forEach(letter -> positions.put(part(letter), new OffsetAndMetadata(letter.offset() + 1)));
        return positions;
    }

    private static TopicPartition part(ConsumerRecord<String, byte[]> letter) {
        return new TopicPartition(letter.topic(), letter.partition());
    }

    /** Where to go on; letters that Kafka has deleted are passed over. */
    private static Map<TopicPartition, Long> position(KafkaConsumer<String, byte[]> consumer, String name) {
        Collection<TopicPartition> parts = new HashSet<>();
        consumer.partitionsFor(name).forEach(part -> parts.add(new TopicPartition(name, part.partition())));
        Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(new HashSet<>(parts));
        Map<TopicPartition, Long> positions = new HashMap<>(consumer.beginningOffsets(parts));
        positions.replaceAll((part, first) -> committed.get(part) == null
                ? first
                : Math.max(first, committed.get(part).offset()));
        return positions;
    }

    private KafkaConsumer<String, byte[]> consumer() {
        return clients.consumer(Map.of(ConsumerConfig.GROUP_ID_CONFIG, GROUP));
    }
}
