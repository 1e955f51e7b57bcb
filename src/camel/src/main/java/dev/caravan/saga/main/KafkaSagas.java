package dev.caravan.saga.main;

import dev.caravan.saga.camel.Credentials;
import dev.caravan.saga.camel.LogSagaService;
import dev.caravan.saga.camel.OnlyService;
import dev.caravan.saga.camel.SagaKeys;
import dev.caravan.saga.camel.SagaStarter;
import dev.caravan.saga.camel.StartKeyOf;
import dev.caravan.saga.camel.StartLimit;
import dev.caravan.saga.camel.StartWarnings;
import dev.caravan.saga.camel.StepCallbacks;
import dev.caravan.saga.camel.StepKinds;
import dev.caravan.saga.engine.CorrectionPolicy;
import dev.caravan.saga.engine.Executors;
import dev.caravan.saga.engine.RouteThreads;
import dev.caravan.saga.engine.SagaEngine;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.engine.SagaListener;
import dev.caravan.saga.engine.SagaThreads;
import dev.caravan.saga.kafka.CompensationTopic;
import dev.caravan.saga.kafka.KafkaClients;
import dev.caravan.saga.kafka.KafkaCommands;
import dev.caravan.saga.kafka.KafkaHostLoop;
import dev.caravan.saga.kafka.KafkaParticipants;
import dev.caravan.saga.kafka.KafkaSagaEnds;
import dev.caravan.saga.kafka.KafkaSagaLog;
import dev.caravan.saga.kafka.KafkaShutdown;
import dev.caravan.saga.kafka.Membership;
import dev.caravan.saga.kafka.ReplyTokens;
import dev.caravan.saga.kafka.SagaHealthCheck;
import dev.caravan.saga.kafka.TopicSettings;
import dev.caravan.saga.kafka.Topics;
import dev.caravan.saga.message.CredentialHeaders;
import dev.caravan.saga.participant.CommandInterceptor;
import dev.caravan.saga.participant.ParticipantListener;
import dev.caravan.saga.participant.ParticipantListeners;
import dev.caravan.saga.time.Backoff;
import dev.caravan.saga.time.SystemTimers;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.ExtendedStartupListener;
import org.apache.camel.support.service.ServiceSupport;

/** What runs sagas and participants of one Camel context: begins when its routes have started, ends after them. */
final class KafkaSagas extends ServiceSupport implements ExtendedStartupListener {

    private final CamelContext context;
    private final Settings settings;
    private final Topics topics;
    private final ExecutorService executor = Executors.small("caravan");
    private final ExecutorService workers;
    private final StartLimit starts;
    private final RouteThreads routes;
    private final RouteThreads callbacks;
    private final SystemTimers timers;
    private final KafkaClients clients;
    private final KafkaSagaLog log;
    private final SagaEngine engine;
    private final KafkaHostLoop loop;
    private final KafkaParticipants participants;
    private final SagaHealthCheck health;
    private final Optional<Meters> meters;

    KafkaSagas(CamelContext context) {
        this.context = context;
        timers = new SystemTimers(clock(context), executor);
        meters = Meters.in(context);
        String application = ContextName.of(context);
        settings = new Settings(context);
        context.getRegistry()
                .bind(Credentials.BEAN, new CredentialHeaders(settings.list("caravan.credential-headers")));
        context.getRegistry().bind(KafkaClients.SENSITIVE_FIELDS, settings.sensitiveFields());
        workers = Executors.blocking("caravan-worker", settings.number("caravan.participant.threads"));
        starts = new StartLimit(settings.number("caravan.start-limit"));
        routes = Executors.routes("caravan-route", settings.number("caravan.route-threads"));
        callbacks = Executors.routes("caravan-callback", settings.number("caravan.route-threads"));
        clients = KafkaClients.of(context);
        topics = new Topics(
                clients,
                new TopicSettings(
                        settings.number("caravan.partitions"),
                        settings.number("caravan.replication-factor"),
                        settings.number("caravan.min-insync-replicas")),
                settings.duration("caravan.kafka-timeout"));
        Membership membership =
                new Membership(settings.text("caravan.instance-id"), settings.duration("caravan.session-timeout"));
        log = KafkaSagaLog.open(
                clients,
                topics,
                Objects.requireNonNull(settings.text("caravan.log.topic")),
                settings.duration("caravan.log.retention"));
        CompensationTopic compensations = settings.choice("caravan.compensation.topic", CompensationTopic.class);
        participants = new KafkaParticipants(
                clients,
                topics,
                workers,
                timers,
                settings.number("caravan.participant.max-in-flight"),
                membership,
                new ParticipantListeners(listeners(ParticipantListener.class, Meters::messages)),
                beans(CommandInterceptor.class).stream().findFirst().orElse(CommandInterceptor.NONE),
                settings.number("caravan.participant.batch-size"));
        ReplyTokens tokens = new ReplyTokens(
                settings.text("caravan.replies.secret"),
                settings.isTrue("caravan.replies.token-required"),
                participants::isHere);
        engine = SagaEngine.builder()
                .application(application)
                .instance(Membership.processName())
                .log(log)
                .commands(new KafkaCommands(clients, topics, workers, compensations, tokens))
                .timers(timers)
                .threads(new SagaThreads(executor, workers, routes, callbacks))
                .listeners(listeners(SagaListener.class, Meters::sagas))
                .partitions(new KafkaSagaEnds(clients, topics))
                .recovery(this::service)
                .keyRetention(StartKeyOf.retention(
                        settings.duration("caravan.start-key-retention"),
                        settings.duration("caravan.log.carry-after"),
                        settings.duration("caravan.log.retention")))
                .intake(starts)
                .corrections(settings.choice("caravan.corrections", CorrectionPolicy.class))
                .build();
        loop = new KafkaHostLoop(
                clients,
                topics,
                log,
                engine,
                timers.clock(),
                membership,
                settings.duration("caravan.log.carry-after"),
                tokens);
        health = new SagaHealthCheck(engine.host(), clients, Optional.of(loop), participants);
        context.addLifecycleStrategy(new KafkaShutdown(
                clients, participants, loop, timers.steady(), settings.duration("caravan.shutdown-timeout")));
    }

    /** The application's own, if it has bound one. */
    private static Clock clock(CamelContext context) {
        Clock own = context.getRegistry().findSingleByType(Clock.class);
        return own == null ? Clock.systemUTC() : own;
    }

    private <T> List<T> beans(Class<T> type) {
        return List.copyOf(context.getRegistry().findByType(type));
    }

    private <T> List<T> listeners(Class<T> type, Function<Meters, T> own) {
        return Stream.concat(beans(type).stream(), meters.map(own).stream()).toList();
    }

    private LogSagaService service(SagaHost host) {
        return new LogSagaService(
                context,
                host,
                new StepCallbacks(context, host, backoff()),
                settings.duration("caravan.start-timeout"),
                settings.duration("caravan.branch-timeout"),
                settings.number("caravan.max-waiting-exchanges"));
    }

    private Backoff backoff() {
        return new Backoff(
                settings.duration("caravan.compensation.initial-delay"),
                settings.duration("caravan.compensation.maximum-delay"),
                settings.number("caravan.compensation.attempts"));
    }

    void add() throws Exception {
        Choreography.connect(context, settings, clients, topics);
        context.getRegistry().bind("caravanSagaHost", engine.host());
        context.getRegistry().bind("caravanSagaRequests", engine.host().requests());
        context.getRegistry().bind("caravanSagaOperator", engine.operator());
        context.getRegistry().bind("caravanSagaAnswers", engine.answers());
        context.getRegistry().bind("caravanSagaKeys", SagaKeys.inLog(engine.host()));
        context.getRegistry().bind("caravanParticipants", participants);
        context.getRegistry().bind("caravanSagaStarter", new SagaStarter(context, Map::of, routes, starts));
        meters.ifPresent(all -> {
            context.getRegistry().bind(Meters.MESSAGES, all.messages());
            all.show(engine.host(), starts, engine.recovery(LogSagaService.class), loop, participants, clients);
        });
        health.registerIn(context);
        context.addService(engine.recovery(LogSagaService.class));
        context.addService(this);
        context.addStartupListener(this);
    }

    @Override
    public void onCamelContextStarted(CamelContext started, boolean alreadyStarted) {}

    @Override
    public void onCamelContextFullyStarted(CamelContext started, boolean alreadyStarted) {
        OnlyService.check(started);
        StepKinds.check(started, true);
        StartWarnings.write(started);
        participants.start();
        loop.start();
    }

    @Override
    protected void doStop() {
        loop.close();
        engine.close();
        participants.close();
        timers.close();
        log.close();
        health.close();
        clients.close();
        workers.shutdown();
        executor.shutdown();
        routes.close();
        callbacks.close();
    }
}
