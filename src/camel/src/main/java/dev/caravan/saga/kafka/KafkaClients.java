package dev.caravan.saga.kafka;

import dev.caravan.saga.camel.Credentials;
import dev.caravan.saga.camel.StartRefusedException;
import dev.caravan.saga.message.CredentialHeaders;
import dev.caravan.saga.message.SensitiveFields;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * The Kafka clients of one process: one producer that everything shares (acks=all, idempotent, no linger), and
 * consumers as needed. Thread-safe.
 */
public final class KafkaClients implements AutoCloseable {

    /** The bean with the fields that are encrypted in what is sent. */
    public static final String SENSITIVE_FIELDS = "caravanSensitiveFields";

    private static final Duration ASKED = Duration.ofSeconds(5);

    private final Properties producerSettings;
    private final Properties consumerSettings;
    private final List<Consumer<ProducerRecord<String, byte[]>>> sentListeners = new CopyOnWriteArrayList<>();
    private final CredentialHeaders credentials;
    private final SensitiveFields sensitiveFields;
    private final @Nullable OwnGroups groups;
    private final SameCluster cluster = new SameCluster();
    private @Nullable KafkaProducer<String, byte[]> producer;
    private volatile Duration closeTimeout = Duration.ofSeconds(10);

    private KafkaClients(
            String brokers,
            Properties producerSettings,
            Properties consumerSettings,
            CredentialHeaders credentials,
            SensitiveFields sensitiveFields,
            @Nullable OwnGroups groups) {
        this.credentials = credentials;
        this.sensitiveFields = sensitiveFields;
        this.groups = groups;
        this.producerSettings = producerSettings;
        this.consumerSettings = consumerSettings;
        producerSettings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, brokers);
        consumerSettings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, brokers);
        producerSettings.put(ProducerConfig.ACKS_CONFIG, "all");
        producerSettings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        // what is sent while a request is under way goes with the next one: batches without a linger
        producerSettings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, "1");
        producerSettings.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
        producerSettings.remove(CommonClientConfigs.CLIENT_ID_CONFIG);
        consumerSettings.remove(CommonClientConfigs.CLIENT_ID_CONFIG);
        consumerSettings.remove(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG);
        consumerSettings.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG); // each membership has its own
    }

    /** Clients with Kafka's defaults. */
    public static KafkaClients of(String brokers) {
        return new KafkaClients(
                brokers, new Properties(), new Properties(), CredentialHeaders.DEFAULT, SensitiveFields.NONE, null);
    }

    /** Clients with the settings of the Camel component {@code kafka} (brokers, security, {@code additionalProperties}). */
    public static KafkaClients of(CamelContext context) {
        KafkaConfiguration configuration =
                context.getComponent("kafka", KafkaComponent.class).getConfiguration();
        if (configuration.getBrokers() == null || configuration.getBrokers().isBlank()) {
            throw new StartRefusedException("No Kafka brokers are configured.", "Set camel.component.kafka.brokers");
        }
        SensitiveFields sensitiveFields =
                context.getRegistry().lookupByNameAndType(SENSITIVE_FIELDS, SensitiveFields.class);
        return new KafkaClients(
                configuration.getBrokers(),
                configuration.createProducerProperties(),
                configuration.createConsumerProperties(),
                Credentials.of(context),
                sensitiveFields == null ? SensitiveFields.NONE : sensitiveFields,
                OwnGroups.in(context));
    }

    /** What is encrypted in the payloads of topics. */
    public SensitiveFields sensitiveFields() {
        return sensitiveFields;
    }

    /** Why nothing may go on that was begun before; empty while the brokers are those of the same cluster. */
    Optional<String> replaced() {
        return cluster.replaced();
    }

    public String brokers() {
        return producerSettings.getProperty(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG);
    }

    public synchronized KafkaProducer<String, byte[]> producer() {
        if (producer == null) {
            producer = new KafkaProducer<>(producerSettings, new StringSerializer(), new ByteArraySerializer());
        }
        return producer;
    }

    /**
     * Sends without blocking, and without headers that carry credentials, provided that the topic's metadata is known (see {@link Topics}).
     *
     * @return completes on the producer's thread when all in-sync replicas have the record
     */
    public CompletableFuture<Void> send(ProducerRecord<String, byte[]> message) {
        CompletableFuture<Void> sent = new CompletableFuture<>();
        try {
            removeCredentials(message);
            producer().send(message, (metadata, failure) -> {
                if (failure == null) {
                    sentListeners.forEach(listener -> listener.accept(message));
                    sent.complete(null);
                } else {
                    sent.completeExceptionally(failure);
                }
            });
        } catch (RuntimeException e) {
            sent.completeExceptionally(e);
        }
        return sent;
    }

    /** @return the names of the headers that were removed */
    List<String> removeCredentials(ProducerRecord<String, byte[]> message) {
        List<String> removed = new ArrayList<>(0);
        message.headers().forEach(header -> {
            if (credentials.contains(header.key())) {
                removed.add(header.key());
            }
        });
        removed.forEach(message.headers()::remove);
        return removed;
    }

    /** Has the listener hear of each record that all in-sync replicas have. It must not block and must not throw. */
    public void onSent(Consumer<ProducerRecord<String, byte[]>> listener) {
        sentListeners.add(listener);
    }

    /**
     * Keeps a consumer group to those who have its name for it.
     *
     * @throws StartRefusedException a {@code kafka:} consumer of the application is in it; one that starts later is refused then
     */
    void reserve(String group) {
        if (groups != null) {
            groups.add(group);
        }
    }

    /** A new consumer; the caller closes it. Commits are the caller's, too. */
    public KafkaConsumer<String, byte[]> consumer(Map<String, Object> overrides) {
        Properties settings = new Properties();
        settings.putAll(consumerSettings);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.putAll(overrides);
        return new KafkaConsumer<>(settings, cluster, new ByteArrayDeserializer());
    }

    /**
     * A new client for questions about the cluster; the caller closes it.
     *
     * @param timeout of each request, retries included
     */
    public Admin admin(Duration timeout) {
        Properties settings = new Properties();
        settings.putAll(producerSettings);
        settings.keySet().retainAll(AdminClientConfig.configNames());
        int millis = (int) timeout.toMillis();
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis);
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, millis);
        return Admin.create(settings);
    }

    /**
     * Asks Kafka, and blocks for some seconds at most.
     *
     * @throws KafkaException it did not answer
     */
    boolean hasMember(String group, String instanceId) {
        try (Admin admin = admin(ASKED)) {
            return Objects.requireNonNull(admin.describeConsumerGroups(List.of(group))
                            .all()
                            .get()
                            .get(group))
                    .members()
                    .stream()
                    .anyMatch(member ->
                            member.groupInstanceId().filter(instanceId::equals).isPresent());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        } catch (ExecutionException e) {
            throw new KafkaException("Who is in group " + group + " is not known", e.getCause());
        }
    }

    /** Waits until all that was sent is durable, or given up. */
    public void flush() {
        KafkaProducer<String, byte[]> current;
        synchronized (this) {
            current = producer;
        }
        if (current != null) {
            current.flush();
        }
    }

    /** Time is up: what is not durable now is not waited for when this is closed. */
    void hurry() {
        closeTimeout = Duration.ZERO;
    }

    @Override
    public synchronized void close() {
        if (producer != null) {
            producer.close(closeTimeout);
            producer = null;
        }
    }
}
