package dev.caravan.saga.kafka;

import dev.caravan.saga.camel.StartRefusedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that topics exist and that the producer knows them, so that a later send does not block. Blocks; call it
 * while starting.
 */
public final class Topics {

    public static final String SAGA_LOGS = "saga-logs";
    private static final String DEAD_LETTERS = "-dlq";
    public static final String SAGA_REPLIES = "saga-replies";
    public static final String SAGA_EVENTS = "saga-events";
    public static final String COMPENSATION_COMMANDS = "compensation-commands";

    private static final Logger LOGGER = LoggerFactory.getLogger(Topics.class);

    private final KafkaClients clients;
    private final Duration timeout;
    private final NewTopics created;
    private final TopicCheck check;

    /**
     * @param partitions of topics that have to be created; existing ones stay as they are
     * @param timeout how long to wait for the broker
     */
    public Topics(KafkaClients clients, int partitions, Duration timeout) {
        this(clients, TopicSettings.of(partitions), timeout);
    }

    /**
     * @param settings of topics that have to be created; existing ones stay as they are
     * @param timeout how long to wait for the broker
     */
    public Topics(KafkaClients clients, TopicSettings settings, Duration timeout) {
        this.clients = clients;
        this.timeout = timeout;
        this.created = new NewTopics(settings, timeout);
        this.check = new TopicCheck(settings, timeout);
    }

    public static String commandsOf(String service) {
        return service + "-commands";
    }

    public static String deadLettersOf(@Nullable String topic) {
        return topic + DEAD_LETTERS;
    }

    /** The topics, and those of their dead letters. */
    public static List<String> withDeadLetters(Collection<String> topics) {
        return Stream.concat(topics.stream(), topics.stream().map(Topics::deadLettersOf))
                .toList();
    }

    public static boolean isForDeadLetters(String topic) {
        return topic.endsWith(DEAD_LETTERS);
    }

    /**
     * Creates the topics that are missing, and warns of those that are there and would not survive the loss of a broker.
     * When all are there, nothing is asked for that takes the right to create one.
     *
     * @param settings of the topics to be created, for instance {@code retention.ms}
     * @throws StartRefusedException the broker did not answer in time or refused
     */
    public void ensure(Collection<String> names, Map<String, String> settings) {
        try (Admin admin = clients.admin(timeout)) {
            List<TopicDescription> there = there(admin, names);
            Set<String> missing = new LinkedHashSet<>(names);
            there.forEach(topic -> missing.remove(topic.name()));
            created.create(admin, missing, settings);
            check.weaknesses(admin, there)
                    .forEach(weakness -> LOGGER.warn("{}. See src/docs/operations.md, section Topics", weakness));
            TopicLeaders.await(admin, partitions(names), timeout);
        } catch (ExecutionException
                | TimeoutException
                | org.apache.kafka.common.errors.TimeoutException
                | AuthenticationException
                | AuthorizationException e) {
            throw refusal(names, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for topics " + names, e);
        }
    }

    private List<TopicDescription> there(Admin admin, Collection<String> names)
            throws ExecutionException, InterruptedException, TimeoutException {
        List<TopicDescription> there = new ArrayList<>();
        for (var described : admin.describeTopics(names).topicNameValues().values()) {
            try {
                there.add(described.get(timeout.toMillis(), TimeUnit.MILLISECONDS));
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
            }
        }
        return there;
    }

    private List<TopicPartition> partitions(Collection<String> names) {
        return names.stream()
                .flatMap(name -> clients.producer().partitionsFor(name).stream())
                .map(part -> new TopicPartition(part.topic(), part.partition()))
                .toList();
    }

    private StartRefusedException refusal(Collection<String> names, Exception failure) {
        Throwable cause = failure instanceof ExecutionException ? failure.getCause() : failure;
        if (cause instanceof AuthenticationException) {
            return new StartRefusedException(
                    "Kafka at %s does not know who this is: %s.".formatted(clients.brokers(), reason(cause)),
                    "Are camel.component.kafka.security-protocol, sasl-mechanism,"
                            + " sasl-jaas-config and ssl-truststore-location right?",
                    failure);
        }
        if (cause instanceof AuthorizationException) {
            return new StartRefusedException(
                    "Kafka at %s does not let this application use topics %s: %s."
                            .formatted(clients.brokers(), names, reason(cause)),
                    "See who may use which topic in src/docs/operations.md",
                    failure);
        }
        if (cause instanceof InvalidReplicationFactorException) {
            return new StartRefusedException(
                    "Kafka at %s cannot create topics %s: %s."
                            .formatted(clients.brokers(), names, reason(cause).replaceFirst("\\.$", "")),
                    "Have all brokers run, or set caravan.replication-factor",
                    failure);
        }
        return new StartRefusedException(
                "Kafka at %s did not answer within %d s, or refused topics %s: %s."
                        .formatted(clients.brokers(), timeout.toSeconds(), names, reason(cause)),
                "Is it running, and is camel.component.kafka.brokers right?",
                failure);
    }

    private static String reason(@Nullable Throwable cause) {
        return cause == null || cause.getMessage() == null ? "no answer" : cause.getMessage();
    }

    /** Tells the topic from all others, also from one of the same name that is made later. Blocks. */
    String identityOf(String topic) {
        try (Admin admin = clients.admin(timeout)) {
            String cluster = admin.describeCluster().clusterId().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return cluster + " " + topic + " "
                    + there(admin, List.of(topic)).get(0).topicId();
        } catch (ExecutionException | TimeoutException e) {
            throw refusal(List.of(topic), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for topic " + topic, e);
        }
    }

    /** How many partitions the topic has. */
    public int partitionsOf(@Nullable String topic) {
        return clients.producer().partitionsFor(topic).size();
    }
}
