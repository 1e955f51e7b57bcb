package dev.caravan.saga.kafka;

import dev.caravan.saga.host.Timers;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.participant.CommandHandler;
import dev.caravan.saga.participant.CommandInterceptor;
import dev.caravan.saga.participant.ParticipantListener;
import dev.caravan.saga.participant.Participants;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/** The participants of this process: one {@link CommandLoop} for each service. Thread-safe. */
public final class KafkaParticipants implements Participants, AutoCloseable {

    private final KafkaClients clients;
    private final Topics topics;
    private final Executor workers;
    private final Timers timers;
    private final int maxInFlight;
    private final Membership membership;
    private final ParticipantListener listener;
    private final CommandInterceptor interceptor;
    private final Map<String, CommandLoop> loops = new HashMap<>();
    private boolean started;

    /**
     * @param interceptor stands around each command
     * @param workers run the handlers, which may block
     * @param maxInFlight commands of one service that are taken and not answered; beyond it, its partitions are paused
     * @param listener hears of retries and dead letters
     */
    public KafkaParticipants(
            KafkaClients clients,
            Topics topics,
            Executor workers,
            Timers timers,
            int maxInFlight,
            Membership membership,
            ParticipantListener listener,
            CommandInterceptor interceptor) {
        this.interceptor = interceptor;
        this.clients = clients;
        this.topics = topics;
        this.workers = workers;
        this.timers = timers;
        this.maxInFlight = maxInFlight;
        this.membership = membership;
        this.listener = listener;
    }

    @Override
    public synchronized void add(String service, String command, CommandHandler handler) {
        CommandLoop loop = loops.computeIfAbsent(
                service,
                name -> new CommandLoop(
                        name, clients, topics, workers, timers, maxInFlight, membership, listener, interceptor));
        loop.add(command, handler);
        if (started) {
            loop.start();
        }
    }

    @Override
    public void remove(String service, String command) {
        CommandLoop empty = null;
        synchronized (this) {
            CommandLoop loop = loops.get(service);
            if (loop != null && loop.remove(command)) {
                empty = loops.remove(service);
            }
        }
        if (empty != null) {
            empty.close();
        }
    }

    @Override
    public CompletableFuture<SagaReply> call(SagaCommand command) {
        CommandHandler handler;
        synchronized (this) {
            CommandLoop loop = loops.get(command.service());
            handler = loop == null ? null : loop.handlers().get(command.command());
        }
        if (handler == null) {
            return CompletableFuture.failedFuture(
                    new IllegalStateException("There is no route from saga-command:%s/%s in this process"
                            .formatted(command.service(), command.command())));
        }
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return handler.handle(command);
                    } catch (Exception e) {
                        throw new CompletionException(e);
                    }
                },
                workers);
    }

    /** Begins to take commands. Called when all routes have started, so that no command meets a missing handler; a
     * participant whose route is added or loaded again later begins at once. */
    public synchronized void start() {
        started = true;
        loops.values().forEach(CommandLoop::start);
    }

    @Override
    public synchronized void close() {
        started = false;
        loops.values().forEach(CommandLoop::close);
        loops.clear();
    }
}
