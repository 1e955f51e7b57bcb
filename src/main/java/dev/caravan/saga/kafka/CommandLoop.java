package dev.caravan.saga.kafka;

import dev.caravan.saga.host.Timers;
import dev.caravan.saga.message.MalformedMessageException;
import dev.caravan.saga.message.MessageCodec;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.participant.CommandHandler;
import dev.caravan.saga.participant.StepAtWorkException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the commands of one service, as a consumer group of that name: those of one saga in order, different sagas
 * concurrently. A command's offset is committed only after its reply is durable, so a command is never lost; it may
 * come again.
 *
 * <p>A compensation that finds its action at work comes again until that one has ended. A record that cannot be read, or whose command nobody knows, goes to the dead letters. A technical failure of a
 * handler is answered FAILED with outcome UNKNOWN.
 */
final class CommandLoop implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(CommandLoop.class);
    private static final Duration RESEND = Duration.ofSeconds(1);
    private static final Duration AT_WORK = Duration.ofMillis(500);

    private final String service;
    private final KafkaClients clients;
    private final Topics topics;
    private final Timers timers;
    private final int maxInFlight;
    private final Membership membership;
    private final Lanes lanes;
    private final DeadLetters deadLetters;
    private final MessageCodec codec = new MessageCodec();
    private final Map<String, CommandHandler> handlers = new ConcurrentHashMap<>();
    private final Map<TopicPartition, OffsetTracker> trackers = new ConcurrentHashMap<>();
    private final AtomicInteger inFlight = new AtomicInteger();
    private KafkaConsumer<String, byte[]> consumer;
    private RecordLoop loop;

    CommandLoop(
            String service,
            KafkaClients clients,
            Topics topics,
            Executor workers,
            Timers timers,
            int maxInFlight,
            Membership membership) {
        this.service = service;
        this.clients = clients;
        this.topics = topics;
        this.timers = timers;
        this.maxInFlight = maxInFlight;
        this.membership = membership;
        this.lanes = new Lanes(workers);
        this.deadLetters = new DeadLetters(clients);
    }

    void add(String command, CommandHandler handler) {
        if (handlers.putIfAbsent(command, handler) != null) {
            throw new IllegalStateException(
                    "There are two routes from saga-command:%s/%s; keep one".formatted(service, command));
        }
    }

    /** @return true when this was the last command */
    boolean remove(String command) {
        handlers.remove(command);
        return handlers.isEmpty();
    }

    synchronized void start() {
        if (loop != null) {
            return;
        }
        List<String> commands = List.of(Topics.commandsOf(service), Topics.COMPENSATION_COMMANDS);
        topics.ensure(commands, Map.of());
        topics.ensure(commands.stream().map(Topics::deadLettersOf).toList(), Map.of());
        topics.ensure(List.of(Topics.SAGA_REPLIES), Map.of());
        consumer = clients.consumer(membership.of(service));
        consumer.subscribe(commands, new Assignment());
        loop = new RecordLoop(service + "-commands", consumer, this::accept, this::commit).start();
    }

    @Override
    public synchronized void close() {
        if (loop != null) {
            loop.close();
            loop = null;
        }
    }

    private void accept(ConsumerRecords<String, byte[]> records) {
        for (ConsumerRecord<String, byte[]> message : records) {
            OffsetTracker tracker = trackers.computeIfAbsent(part(message), part -> new OffsetTracker());
            tracker.begin(message.offset());
            inFlight.incrementAndGet();
            lanes.submit(lane(message), () -> work(message).whenComplete((done, failure) -> {
                tracker.done(message.offset());
                if (inFlight.decrementAndGet() == maxInFlight / 2) {
                    loop.wakeup();
                }
            }));
        }
        commitLater();
        if (inFlight.get() >= maxInFlight) {
            consumer.pause(consumer.assignment());
        } else if (inFlight.get() <= maxInFlight / 2) {
            consumer.resume(consumer.paused());
        }
    }

    private static TopicPartition part(ConsumerRecord<String, byte[]> message) {
        return new TopicPartition(message.topic(), message.partition());
    }

    private static String lane(ConsumerRecord<String, byte[]> message) {
        return message.key() == null ? message.topic() + message.partition() : message.key();
    }

    /** @return completes when nothing more is to be done with the record */
    private CompletableFuture<Void> work(ConsumerRecord<String, byte[]> message) {
        SagaCommand command;
        try {
            command = codec.decodeCommand(message.value(), phase(message));
        } catch (MalformedMessageException e) {
            return untilDone(() -> deadLetters.keep(message, e.getMessage()));
        }
        if (!command.service().equals(service)) {
            return CompletableFuture.completedFuture(null);
        }
        CommandHandler handler = handlers.get(command.command());
        if (handler == null) {
            String reason =
                    "%s knows no command %s; it knows %s".formatted(service, command.command(), handlers.keySet());
            return untilDone(() -> deadLetters.keep(message, reason))
                    .thenCompose(kept -> answer(SagaReply.rejected(command, "UNKNOWN_COMMAND", reason)));
        }
        try {
            return answer(handler.handle(command));
        } catch (StepAtWorkException e) {
            LOGGER.debug(
                    "Saga {}, step {}: {} waits: {}",
                    command.sagaId(),
                    command.step(),
                    command.command(),
                    e.getMessage());
            return later(message);
        } catch (Exception e) {
            String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            LOGGER.warn(
                    "Saga {}, step {}: the outcome of {} is unknown: {}",
                    command.sagaId(),
                    command.step(),
                    command.command(),
                    reason);
            LOGGER.debug("The cause", e);
            return untilDone(() -> deadLetters.keep(message, reason))
                    .thenCompose(kept -> answer(SagaReply.unknown(command, reason)));
        }
    }

    private CompletableFuture<Void> later(ConsumerRecord<String, byte[]> message) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        timers.schedule(
                AT_WORK, () -> lanes.submit(lane(message), () -> work(message).thenAccept(done::complete)));
        return done;
    }

    private CompletableFuture<Void> answer(SagaReply reply) {
        byte[] value = codec.encode(reply);
        return untilDone(() -> clients.send(
                new ProducerRecord<>(Topics.SAGA_REPLIES, reply.sagaId().value(), value)));
    }

    /** Tries again until it works: the record stays uncommitted meanwhile. */
    private CompletableFuture<Void> untilDone(Supplier<CompletableFuture<Void>> task) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        attempt(task, done);
        return done;
    }

    private void attempt(Supplier<CompletableFuture<Void>> task, CompletableFuture<Void> done) {
        task.get().whenComplete((sent, failure) -> {
            if (failure == null) {
                done.complete(null);
            } else {
                LOGGER.warn("{} sends again in {} ms: {}", service, RESEND.toMillis(), failure.toString());
                timers.schedule(RESEND, () -> attempt(task, done));
            }
        });
    }

    /** The topic says it; a completion is told from an action by the header alone. */
    private static Phase phase(ConsumerRecord<String, byte[]> message) {
        if (message.topic().equals(Topics.COMPENSATION_COMMANDS)) {
            return Phase.COMPENSATION;
        }
        Header header = message.headers().lastHeader(Phase.HEADER);
        boolean completion = header != null
                && Arrays.equals(header.value(), Phase.COMPLETION.name().getBytes(StandardCharsets.UTF_8));
        return completion ? Phase.COMPLETION : Phase.ACTION;
    }

    /** Used while polling: a commit that is lost is made up for by the next one. */
    private void commitLater() {
        Map<TopicPartition, OffsetAndMetadata> positions = positions();
        if (!positions.isEmpty()) {
            consumer.commitAsync(positions, (done, failure) -> {
                if (failure != null) {
                    LOGGER.debug("{} will commit again: {}", service, failure.toString());
                }
            });
        }
    }

    private void commit() {
        Map<TopicPartition, OffsetAndMetadata> positions = positions();
        if (!positions.isEmpty()) {
            consumer.commitSync(positions);
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
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            LOGGER.debug("{} takes the commands of {}", service, partitions);
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            commit();
            trackers.keySet().removeAll(partitions);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            trackers.keySet().removeAll(partitions);
        }
    }
}
