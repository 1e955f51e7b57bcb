package dev.caravan.saga.kafka;

import dev.caravan.saga.engine.CommandSender;
import dev.caravan.saga.message.MessageCodec;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.message.SagaCommand;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;

/** Sends commands to {@code <service>-commands}, compensations to the wanted topic; the key is the saga id. */
public final class KafkaCommands implements CommandSender {

    private final KafkaClients clients;
    private final CompensationTopic compensations;
    private final ReplyTokens tokens;
    private final MessageCodec codec;
    private final FirstUse topics;

    /** @param executor looks a topic up that is used for the first time, which blocks */
    public KafkaCommands(KafkaClients clients, Topics topics, Executor executor, CompensationTopic compensations) {
        this(clients, topics, executor, compensations, ReplyTokens.NONE);
    }

    /**
     * @param executor looks a topic up that is used for the first time, which blocks
     * @param tokens go with each command
     */
    public KafkaCommands(
            KafkaClients clients,
            Topics topics,
            Executor executor,
            CompensationTopic compensations,
            ReplyTokens tokens) {
        this.tokens = tokens;
        this.clients = clients;
        this.topics = new FirstUse(
                topic -> topics.ensure(Set.of(topic), Map.of()),
                executor,
                CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS, executor),
                System::nanoTime);
        this.compensations = compensations;
        this.codec = new MessageCodec(clients.sensitiveFields());
    }

    @Override
    public CompletionStage<Void> send(SagaCommand command, Map<String, String> headers) {
        String topic = compensations.of(command);
        ProducerRecord<String, byte[]> message =
                new ProducerRecord<>(topic, command.sagaId().value(), codec.encode(command));
        headers.forEach((name, value) -> header(message, name, value));
        header(message, Phase.HEADER, command.phase().name());
        tokens.addTo(message.headers(), command);
        CompletableFuture<Void> known = topics.of(topic);
        return known.isDone() && !known.isCompletedExceptionally()
                ? send(message, command)
                : known.thenCompose(looked -> send(message, command));
    }

    private CompletableFuture<Void> send(ProducerRecord<String, byte[]> message, SagaCommand command) {
        return clients.send(message)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(
                        failure instanceof RecordTooLargeException ? tooLarge(message, command, failure) : failure));
    }

    private static Exception tooLarge(ProducerRecord<String, byte[]> message, SagaCommand command, Throwable failure) {
        return new IllegalArgumentException(
                "Saga %s, step %s: %s takes %d bytes, more than Kafka accepts. Pass a reference to what is large, or raise camel.component.kafka.max-request-size and max.message.bytes of the topic %s"
                        .formatted(
                                command.sagaId(),
                                command.step(),
                                command.command(),
                                message.value().length,
                                message.topic()),
                failure);
    }

    private static void header(ProducerRecord<String, byte[]> message, String name, String value) {
        message.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
