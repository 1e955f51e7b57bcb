package dev.caravan.saga.kafka;

import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.participant.CommandHandler;
import dev.caravan.saga.participant.CommandInterceptor;
import dev.caravan.saga.participant.ParticipantListener;
import dev.caravan.saga.participant.Participants;
import dev.caravan.saga.time.Timers;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The participants of this process: one {@link CommandLoop} for each service. Thread-safe. */
public final class KafkaParticipants implements Participants, AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(KafkaParticipants.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** Of the broker, for the last commit. */
    private static final Duration LEAVING = Duration.ofSeconds(2);

    private final KafkaClients clients;
    private final Topics topics;
    private final Executor workers;
    private final Timers timers;
    private final int maxInFlight;
    private final Membership membership;
    private final ParticipantListener listener;
    private final CommandInterceptor interceptor;
    private final int batchSize;
    private final Map<String, CommandLoop> loops = new HashMap<>();
    private boolean started;

    /**
     * @param interceptor stands around each command
     * @param workers run the handlers, which may block
     * @param maxInFlight commands of one service that are taken and not answered; beyond it, its partitions are paused
     * @param listener hears of retries and dead letters
     * @param batchSize actions of one service that are done in one transaction, at most, where their effects are LOCAL
     *     and their inbox is a {@link dev.caravan.saga.participant.BatchInbox}; 1: each has its own
     */
    public KafkaParticipants(
            KafkaClients clients,
            Topics topics,
            Executor workers,
            Timers timers,
            int maxInFlight,
            Membership membership,
            ParticipantListener listener,
            CommandInterceptor interceptor,
            int batchSize) {
        this.interceptor = interceptor;
        this.batchSize = batchSize;
        this.clients = clients;
        this.topics = topics;
        this.workers = workers;
        this.timers = timers;
        this.maxInFlight = maxInFlight;
        this.membership = membership;
        this.listener = listener;
    }

    /** Whether commands of this service are done in this process. */
    public synchronized boolean isHere(String service) {
        return loops.containsKey(service);
    }

    @Override
    public synchronized void add(String service, String command, CommandHandler handler) {
        CommandLoop loop = loops.computeIfAbsent(
                service,
                name -> new CommandLoop(
                        name,
                        clients,
                        topics,
                        workers,
                        timers,
                        maxInFlight,
                        membership,
                        listener,
                        interceptor,
                        batchSize));
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
            close(List.of(empty), TIMEOUT);
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
    public void close() {
        close(TIMEOUT);
    }

    /**
     * Takes no more commands, and leaves the groups when those at work are answered.
     *
     * @param timeout after which it leaves in any case: what is not answered then comes to another instance, or here
     *     after the next start
     */
    public void close(Duration timeout) {
        List<CommandLoop> all;
        synchronized (this) {
            started = false;
            all = List.copyOf(loops.values());
            loops.clear();
        }
        close(all, timeout);
    }

    /** Why participants of this instance take no commands, and what to do. */
    public Optional<String> trouble() {
        return loops().values().stream()
                .flatMap(loop -> loop.trouble().stream())
                .findFirst();
    }

    /**
     * That Kafka fenced participants since they were started, and why; they may be back since. One line for each service; empty
     * when it did not.
     */
    public List<String> fenced() {
        return loops().values().stream()
                .flatMap(loop -> loop.fenced().stream())
                .sorted()
                .toList();
    }

    /** The services of this process, and of how many partitions each takes the commands; none while others take them. */
    public Map<String, Integer> partitions() {
        Map<String, Integer> partitions = new TreeMap<>();
        loops().forEach((service, loop) -> partitions.put(service, loop.partitions()));
        return partitions;
    }

    private synchronized Map<String, CommandLoop> loops() {
        return Map.copyOf(loops);
    }

    private static void close(List<CommandLoop> loops, Duration timeout) {
        if (!RecordLoop.await(all(loops, CommandLoop::drain), timeout)) {
            LOGGER.warn("Commands were not done within {} ms: they are left to another instance", timeout.toMillis());
        }
        if (!RecordLoop.await(all(loops, CommandLoop::leave), LEAVING)) {
            LOGGER.warn("Kafka does not answer: commands come to another instance after the session time-out");
        }
    }

    private static CompletableFuture<Void> all(
            List<CommandLoop> loops, Function<CommandLoop, CompletableFuture<Void>> what) {
        return CompletableFuture.allOf(loops.stream().map(what).toArray(CompletableFuture[]::new));
    }
}
