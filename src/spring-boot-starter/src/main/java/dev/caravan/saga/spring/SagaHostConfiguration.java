package dev.caravan.saga.spring;

import dev.caravan.saga.camel.LogSagaService;
import dev.caravan.saga.camel.OnlyService;
import dev.caravan.saga.camel.ReplyLinks;
import dev.caravan.saga.camel.SagaStarter;
import dev.caravan.saga.camel.StartKeyOf;
import dev.caravan.saga.camel.StartLimit;
import dev.caravan.saga.camel.StartWarnings;
import dev.caravan.saga.camel.StepCallbacks;
import dev.caravan.saga.camel.StepKinds;
import dev.caravan.saga.camel.UnnamedRoutes;
import dev.caravan.saga.engine.CommandSender;
import dev.caravan.saga.engine.OwnedPartitions;
import dev.caravan.saga.engine.Ownership;
import dev.caravan.saga.engine.RouteThreads;
import dev.caravan.saga.engine.SagaAnswers;
import dev.caravan.saga.engine.SagaEngine;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.engine.SagaListener;
import dev.caravan.saga.engine.SagaLogger;
import dev.caravan.saga.engine.SagaOperator;
import dev.caravan.saga.engine.SagaRecovery;
import dev.caravan.saga.engine.SagaRequests;
import dev.caravan.saga.engine.SagaThreads;
import dev.caravan.saga.kafka.KafkaClients;
import dev.caravan.saga.kafka.KafkaCommands;
import dev.caravan.saga.kafka.KafkaHostLoop;
import dev.caravan.saga.kafka.KafkaParticipants;
import dev.caravan.saga.kafka.KafkaSagaEnds;
import dev.caravan.saga.kafka.KafkaSagaLog;
import dev.caravan.saga.kafka.Membership;
import dev.caravan.saga.kafka.ReplyTokens;
import dev.caravan.saga.kafka.Topics;
import dev.caravan.saga.state.SagaLog;
import dev.caravan.saga.time.Backoff;
import dev.caravan.saga.time.Timers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import org.apache.camel.CamelContext;
import org.apache.camel.saga.CamelSagaService;
import org.slf4j.Logger;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** What an application needs that runs sagas. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnExpression("!'none'.equalsIgnoreCase('${caravan.coordinator:lra}')")
class SagaHostConfiguration {

    private static final Logger LOGGER = SagaLogger.of(SagaHostConfiguration.class);

    @Bean
    @ConditionalOnMissingBean(SagaLog.class)
    KafkaSagaLog caravanSagaLog(
            KafkaClients clients, Topics topics, CaravanProperties properties, Environment environment) {
        ApplicationName.required(environment);
        return KafkaSagaLog.open(
                clients, topics, properties.log().topic(), properties.log().retention());
    }

    /** A log that is not in Kafka is this instance's alone. */
    @Bean
    @ConditionalOnBean(KafkaSagaLog.class)
    OwnedPartitions.Ends caravanSagaEnds(KafkaClients clients, Topics topics) {
        return new KafkaSagaEnds(clients, topics);
    }

    @Bean
    SagaEngine caravanSagaEngine(
            SagaLog log,
            KafkaClients clients,
            Topics topics,
            Timers timers,
            SagaThreads threads,
            ObjectProvider<SagaListener> listeners,
            ObjectProvider<SagaListenersCustomizer> around,
            ObjectProvider<CommandSenderCustomizer> customizer,
            ReplyTokens replyTokens,
            ObjectProvider<OwnedPartitions.Ends> ends,
            ObjectProvider<RecoveryMaker> maker,
            ObjectProvider<SagaRecovery> recovery,
            StartLimit caravanStartLimit,
            CaravanProperties properties,
            Environment environment) {
        CommandSender commands = customizer
                .getIfAvailable(() -> (sender, topic) -> sender)
                .customize(
                        new KafkaCommands(
                                clients,
                                topics,
                                threads.workers(),
                                properties.compensation().topic(),
                                replyTokens),
                        properties.compensation().topic()::of);
        RecoveryMaker ofMode = maker.getIfAvailable(() -> host -> recovery.getIfAvailable(() -> notHere()));
        SagaEngine.Builder engine = SagaEngine.builder()
                .application(ApplicationName.of(environment))
                .instance(Membership.processName())
                .log(log)
                .commands(commands)
                .timers(timers)
                .threads(threads)
                .listeners(around.getIfAvailable(() -> all -> all)
                        .customize(listeners.orderedStream().toList()))
                .recovery(ofMode::make)
                .keyRetention(StartKeyOf.retention(
                        properties.startKeyRetention(),
                        properties.log().carryAfter(),
                        properties.log().retention()))
                .intake(caravanStartLimit)
                .corrections(properties.corrections());
        OwnedPartitions.Ends told = ends.getIfAvailable();
        return (told == null ? engine.ownership(host -> Ownership.everything()) : engine.partitions(told)).build();
    }

    @Bean
    SagaThreads caravanSagaThreads(
            ExecutorService caravanExecutor,
            ExecutorService caravanWorkers,
            RouteThreads caravanRouteThreads,
            RouteThreads caravanCallbackThreads) {
        return new SagaThreads(caravanExecutor, caravanWorkers, caravanRouteThreads, caravanCallbackThreads);
    }

    /** Mode {@code lra} without a web server, which its coordinator would call back: nobody can go on with a saga. */
    private static SagaRecovery notHere() {
        return saga -> LOGGER.warn(
                "Saga {} does not go on: mode lra needs a servlet web server, and this application has none", saga);
    }

    @Bean
    SagaHost caravanSagaHost(SagaEngine engine) {
        return engine.host();
    }

    @Bean
    ReplyTokens caravanReplyTokens(CaravanProperties properties, KafkaParticipants participants) {
        return new ReplyTokens(
                properties.replies().secret(), properties.replies().tokenRequired(), participants::isHere);
    }

    /** Joins the consumer group when all routes have started. */
    @Bean
    @ConditionalOnBean(KafkaSagaLog.class)
    KafkaHostLoop caravanHostLoop(
            CamelContext context,
            KafkaClients clients,
            Topics topics,
            KafkaSagaLog log,
            SagaEngine engine,
            Clock clock,
            Membership membership,
            ReplyTokens replyTokens,
            CaravanProperties properties)
            throws Exception {
        KafkaHostLoop loop = new KafkaHostLoop(
                clients,
                topics,
                log,
                engine,
                clock,
                membership,
                properties.log().carryAfter(),
                replyTokens);
        FullyStarted.add(context, () -> {
            OnlyService.check(context);
            StepKinds.check(context, properties.coordinator() == CaravanProperties.Coordinator.LOG);
            StartWarnings.write(context);
            loop.start();
        });
        return loop;
    }

    @Bean(destroyMethod = "")
    SagaRequests caravanSagaRequests(SagaEngine engine) {
        return engine.host().requests();
    }

    @Bean
    SagaAnswers caravanSagaAnswers(SagaEngine engine) {
        return engine.answers();
    }

    /** Routes find it by this name. */
    @Bean("replyLinks")
    @ConditionalOnProperty("caravan.reply-links.secret")
    ReplyLinks caravanReplyLinks(CaravanProperties properties) {
        return new ReplyLinks(
                properties.replyLinks().secret().getBytes(StandardCharsets.UTF_8),
                properties.replyLinks().url());
    }

    @Bean
    SagaOperator caravanSagaOperator(SagaEngine engine) {
        return engine.operator();
    }

    @Bean
    @ConditionalOnProperty(name = "caravan.coordinator", havingValue = "log")
    RecoveryMaker caravanLogRecovery(CamelContext context, Backoff backoff, CaravanProperties properties) {
        return host -> new LogSagaService(
                context,
                host,
                new StepCallbacks(context, host, backoff),
                properties.startTimeout(),
                properties.branchTimeout(),
                properties.maxWaitingExchanges());
    }

    @Bean
    @ConditionalOnProperty(name = "caravan.coordinator", havingValue = "log")
    @ConditionalOnMissingBean(CamelSagaService.class)
    LogSagaService caravanLogSagaService(SagaEngine engine) {
        return engine.recovery(LogSagaService.class);
    }

    @Bean
    StartLimit caravanStartLimit(CaravanProperties properties) {
        return new StartLimit(properties.startLimit());
    }

    @Bean
    SagaStarter caravanSagaStarter(
            CamelContext context,
            ObjectProvider<SagaStarter.Origin> origin,
            RouteThreads caravanRouteThreads,
            StartLimit caravanStartLimit) {
        OnlyService.guard(context);
        UnnamedRoutes.remember(context);
        return new SagaStarter(context, origin.getIfAvailable(() -> Map::of), caravanRouteThreads, caravanStartLimit);
    }

    @Bean
    @ConditionalOnMissingBean
    Backoff caravanCompensationBackoff(CaravanProperties properties) {
        CaravanProperties.Compensation compensation = properties.compensation();
        return new Backoff(compensation.initialDelay(), compensation.maximumDelay(), compensation.attempts());
    }
}
