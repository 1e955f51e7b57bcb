package dev.caravan.saga.kafka;

import dev.caravan.saga.Printable;
import dev.caravan.saga.engine.SagaLogger;
import dev.caravan.saga.engine.SagaMention;
import dev.caravan.saga.message.MalformedMessageException;
import dev.caravan.saga.message.MessageCodec;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.message.Question;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.participant.Batchable;
import dev.caravan.saga.participant.BatchedAction;
import dev.caravan.saga.participant.CommandHandler;
import dev.caravan.saga.participant.CommandInterceptor;
import dev.caravan.saga.participant.ParticipantEvent;
import dev.caravan.saga.participant.ParticipantListener;
import dev.caravan.saga.participant.StepAtWorkException;
import dev.caravan.saga.time.Timers;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * What becomes of one record of a service's topics. A command is handled and answered; technical trouble is tried again
 * and in the end answered FAILED with outcome UNKNOWN; what cannot be read or done is a dead letter. While a
 * command is handled, the MDC has what is known of its saga. Whatever Kafka does
 * not take is sent again until it does.
 */
final class CommandWork {

    private static final Logger LOGGER = SagaLogger.of(CommandWork.class);
    private static final Duration RESEND = Duration.ofSeconds(1);

    private final String service;
    private final KafkaClients clients;
    private final Executor workers;
    private final Timers timers;
    private final ParticipantListener listener;
    private final CommandInterceptor interceptor;
    private final CommandBatches batches;
    private final DeadLetters deadLetters;
    private final MessageCodec codec;
    private final Map<String, CommandHandler> handlers = new ConcurrentHashMap<>();
    private final AtWork atWork = new AtWork();
    private volatile boolean closed;

    CommandWork(
            String service,
            KafkaClients clients,
            Executor workers,
            Timers timers,
            ParticipantListener listener,
            CommandInterceptor interceptor,
            int batchSize) {
        this.interceptor = interceptor;
        this.batches = new CommandBatches(batchSize, workers);
        this.service = service;
        this.clients = clients;
        this.workers = workers;
        this.timers = timers;
        this.listener = listener;
        this.deadLetters = new DeadLetters(clients);
        this.codec = new MessageCodec(clients.sensitiveFields());
    }

    Map<String, CommandHandler> handlers() {
        return handlers;
    }

    /**
     * @param whenDone is told before the work counts as ended; true: nothing more is to be done with the record; false:
     *     it has to come again, a little later
     * @return never completes when nothing may begin any more: the record comes to another instance
     */
    CompletableFuture<Void> on(ConsumerRecord<String, byte[]> message, Consumer<Boolean> whenDone) {
        return atWork.begin()
                ? begin(message).thenAccept(whenDone).whenComplete((told, failure) -> atWork.done())
                : new CompletableFuture<>();
    }

    private CompletableFuture<Boolean> begin(ConsumerRecord<String, byte[]> message) {
        SagaCommand command;
        try {
            command = codec.decodeCommand(message.value(), phase(message));
        } catch (MalformedMessageException e) {
            return bury(message, null, e.getMessage()).thenApply(kept -> true);
        }
        SagaMention.Scope lines = Received.saga(message, command).open();
        try {
            return begin(message, command);
        } finally {
            lines.close();
        }
    }

    private CompletableFuture<Boolean> begin(ConsumerRecord<String, byte[]> message, SagaCommand command) {
        if (Question.isOne(command)) {
            return HeldSteps.answer(command, handlers)
                    .map(held -> answer(message, command, held))
                    .orElseGet(() -> CompletableFuture.completedFuture(true));
        }
        if (!command.service().equals(service)) {
            return CompletableFuture.completedFuture(true);
        }
        CommandHandler handler = handlers.get(command.command());
        if (handler == null) {
            String reason =
                    "%s knows no command %s; it knows %s".formatted(service, command.command(), handlers.keySet());
            return bury(message, command, reason)
                    .thenCompose(
                            kept -> answer(message, command, SagaReply.rejected(command, "UNKNOWN_COMMAND", reason)));
        }
        Optional<Batchable> batchable = batches.areOff() ? Optional.empty() : handler.batchable(command);
        if (batchable.isEmpty()) {
            return attempt(message, command, handler, 1);
        }
        CommandHandler action = batchable.get().action();
        return batches.submit(
                batchable.get().inbox(),
                new BatchedAction(command, () -> around(message, command, action)),
                reply -> reply.isPresent()
                        ? answer(message, command, reply.get())
                        : attempt(message, command, handler, 1));
    }

    private CompletableFuture<Boolean> attempt(
            ConsumerRecord<String, byte[]> message, SagaCommand command, CommandHandler handler, int number) {
        SagaReply reply;
        try {
            reply = around(message, command, handler);
        } catch (StepAtWorkException e) {
            LOGGER.debug("{} waits: {}", command, Printable.of(e.getMessage()));
            return message.headers().lastHeader(SagaReply.WAITS_HEADER) == null
                    ? CompletableFuture.completedFuture(false)
                    : answer(message, command, SagaReply.atWork(command, e.getMessage()));
        } catch (Exception | LinkageError | AssertionError | StackOverflowError e) {
            return failed(message, command, handler, number, e);
        }
        return answer(message, command, reply);
    }

    private SagaReply around(ConsumerRecord<String, byte[]> message, SagaCommand command, CommandHandler action)
            throws Exception {
        SagaMention.Scope lines = Received.saga(message, command).open();
        try {
            return interceptor.around(command, Received.headers(message), action);
        } finally {
            lines.close();
        }
    }

    private CompletableFuture<Boolean> failed(
            ConsumerRecord<String, byte[]> message,
            SagaCommand command,
            CommandHandler handler,
            int number,
            Throwable failure) {
        SagaMention saga = Received.saga(message, command);
        if (LOGGER.isDebugEnabled()) {
            LOGGER.debug("The cause", Printable.failure(failure));
        }
        String reason = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        if (handler.backoff().isUsedUp(number)) {
            LOGGER.warn("{}: the outcome is unknown, attempt {} was the last: {}", saga, number, Printable.of(reason));
            return bury(message, command, "attempt %d of %<d: %s".formatted(number, reason))
                    .thenCompose(kept -> answer(message, command, SagaReply.unknown(command, reason)));
        }
        Duration delay = handler.backoff().delayAfter(number);
        LOGGER.info("{} is tried again in {} ms: {}", saga, delay.toMillis(), Printable.of(reason));
        tell(ParticipantEvent.Kind.RETRIED, command, reason, saga);
        CompletableFuture<Void> waited = new CompletableFuture<>();
        atWork.done();
        later(delay, () -> {
            if (atWork.begin()) {
                waited.complete(null);
            }
        });
        return waited.thenComposeAsync(now -> attempt(message, command, handler, number + 1), workers);
    }

    /** A reply that is larger than Kafka takes is replaced: nobody would ever read it. */
    private CompletableFuture<Boolean> answer(
            ConsumerRecord<String, byte[]> message, SagaCommand command, SagaReply reply) {
        SagaMention saga = Received.saga(message, command);
        return send(message, reply, saga).thenCompose(sent -> {
            if (sent) {
                return CompletableFuture.completedFuture(true);
            }
            String reason = "The reply to %s is larger than Kafka takes".formatted(command.command());
            return bury(message, command, reason)
                    .thenCompose(kept -> untilDone(saga, () -> post(message, SagaReply.unknown(command, reason))))
                    .thenApply(replaced -> true);
        });
    }

    /** @return false: it is too large */
    private CompletableFuture<Boolean> send(ConsumerRecord<String, byte[]> message, SagaReply reply, SagaMention saga) {
        return untilDone(saga, () -> post(message, reply).handle((sent, failure) -> {
            if (failure instanceof RecordTooLargeException) {
                LOGGER.warn("{} cannot answer {}: {}", service, saga, Printable.of(failure.getMessage()));
                return false;
            }
            if (failure != null) {
                throw new CompletionException(failure);
            }
            return true;
        }));
    }

    private CompletableFuture<Void> post(ConsumerRecord<String, byte[]> message, SagaReply reply) {
        ProducerRecord<String, byte[]> answer =
                new ProducerRecord<>(Topics.SAGA_REPLIES, reply.sagaId().value(), codec.encode(reply));
        ReplyTokens.answer(message.headers(), answer.headers(), service);
        return clients.send(answer);
    }

    private CompletableFuture<Void> bury(
            ConsumerRecord<String, byte[]> message, @Nullable SagaCommand command, @Nullable String reason) {
        SagaMention saga = command == null ? Received.saga(message) : Received.saga(message, command);
        return untilDone(saga, () -> deadLetters.keep(message, reason, saga))
                .thenAccept(kept -> tell(ParticipantEvent.Kind.DEAD_LETTER, command, reason, saga));
    }

    /** Tries again until it works: the record stays uncommitted meanwhile. */
    private <T> CompletableFuture<T> untilDone(SagaMention saga, Supplier<CompletableFuture<T>> task) {
        CompletableFuture<T> done = new CompletableFuture<>();
        untilDone(saga, task, done);
        return done;
    }

    private <T> void untilDone(SagaMention saga, Supplier<CompletableFuture<T>> task, CompletableFuture<T> done) {
        task.get().whenComplete((result, failure) -> {
            if (failure == null) {
                done.complete(result);
            } else {
                LOGGER.warn(
                        "{} sends again in {} ms, for {}: {}", service, RESEND.toMillis(), saga, Printable.of(failure));
                later(RESEND, () -> untilDone(saga, task, done));
            }
        });
    }

    private void later(Duration delay, Runnable task) {
        timers.schedule(delay, () -> {
            if (!closed) {
                task.run();
            }
        });
    }

    /** Begins nothing any more. Completes when all that was begun is answered. */
    CompletableFuture<Void> drain() {
        return atWork.end();
    }

    /** Tries nothing again any more: what is not done is not committed either, and comes to another instance. */
    void close() {
        closed = true;
    }

    private void tell(
            ParticipantEvent.Kind kind, @Nullable SagaCommand command, @Nullable String detail, SagaMention saga) {
        SagaMention.Scope lines = saga.open();
        try {
            listener.onEvent(new ParticipantEvent(kind, service, command, detail));
        } finally {
            lines.close();
        }
    }

    /** The topic says it, or the header. */
    private static Phase phase(ConsumerRecord<String, byte[]> message) {
        if (message.topic().equals(Topics.COMPENSATION_COMMANDS)) {
            return Phase.COMPENSATION;
        }
        String phase = Received.header(message, Phase.HEADER);
        return Phase.COMPENSATION.name().equals(phase)
                ? Phase.COMPENSATION
                : Phase.COMPLETION.name().equals(phase) ? Phase.COMPLETION : Phase.ACTION;
    }
}
