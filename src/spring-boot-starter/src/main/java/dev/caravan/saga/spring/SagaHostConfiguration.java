package dev.caravan.saga.spring;

import dev.caravan.saga.camel.LogSagaService;
import dev.caravan.saga.camel.OnlyService;
import dev.caravan.saga.camel.SagaStarter;
import dev.caravan.saga.camel.StepCallbacks;
import dev.caravan.saga.camel.StepKinds;
import dev.caravan.saga.camel.UnnamedRoutes;
import dev.caravan.saga.engine.CommandSender;
import dev.caravan.saga.engine.OwnedPartitions;
import dev.caravan.saga.engine.RouteThreads;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.engine.SagaListener;
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
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import org.apache.camel.CamelContext;
import org.apache.camel.saga.CamelSagaService;
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

    @Bean
    @ConditionalOnMissingBean(SagaLog.class)
    KafkaSagaLog caravanSagaLog(
            KafkaClients clients, Topics topics, CaravanProperties properties, Environment environment) {
        ApplicationName.required(environment);
        return KafkaSagaLog.open(
                clients, topics, properties.log().topic(), properties.log().retention());
    }

    @Bean
    SagaHost caravanSagaHost(
            SagaLog log,
            KafkaClients clients,
            Topics topics,
            Timers timers,
            ExecutorService caravanExecutor,
            ExecutorService caravanWorkers,
            RouteThreads caravanRouteThreads,
            RouteThreads caravanCallbackThreads,
            ObjectProvider<SagaListener> listeners,
            ObjectProvider<CommandSenderCustomizer> customizer,
            ReplyTokens replyTokens,
            CaravanProperties properties) {
        CommandSender commands = customizer
                .getIfAvailable(() -> sender -> sender)
                .customize(new KafkaCommands(
                        clients,
                        topics,
                        caravanWorkers,
                        properties.compensation().topic(),
                        replyTokens));
        SagaHost host = new SagaHost(
                log,
                commands,
                timers,
                new SagaThreads(caravanExecutor, caravanRouteThreads, caravanCallbackThreads),
                instance());
        listeners.orderedStream().forEach(host::addListener);
        return host;
    }

    @Bean
    ReplyTokens caravanReplyTokens(CaravanProperties properties, KafkaParticipants participants) {
        return new ReplyTokens(
                properties.replies().secret(), properties.replies().tokenRequired(), participants::isHere);
    }

    private static String instance() {
        return ManagementFactory.getRuntimeMXBean().getName();
    }

    /** Joins the consumer group when all routes have started. */
    @Bean
    @ConditionalOnBean(KafkaSagaLog.class)
    KafkaHostLoop caravanHostLoop(
            CamelContext context,
            KafkaClients clients,
            Topics topics,
            KafkaSagaLog log,
            SagaHost host,
            ObjectProvider<SagaRecovery> recovery,
            Clock clock,
            Membership membership,
            ReplyTokens replyTokens,
            CaravanProperties properties,
            Environment environment)
            throws Exception {
        String application = ApplicationName.required(environment);
        OwnedPartitions partitions =
                new OwnedPartitions(host, application, log::partitionOf, new KafkaSagaEnds(clients, topics));
        host.setOwnership(partitions);
        KafkaHostLoop loop = new KafkaHostLoop(
                clients,
                topics,
                log,
                host,
                partitions,
                clock,
                application,
                membership,
                properties.log().carryAfter(),
                replyTokens);
        FullyStarted.add(context, () -> {
            OnlyService.check(context);
            StepKinds.check(context, properties.coordinator() == CaravanProperties.Coordinator.LOG);
            UnnamedRoutes.warn(context);
            recovery.ifAvailable(host::setRecovery);
            loop.start();
        });
        return loop;
    }

    @Bean
    SagaRequests caravanSagaRequests(
            SagaLog log, Timers timers, ExecutorService caravanWorkers, Environment environment) {
        return new SagaRequests(log, timers, caravanWorkers, ApplicationName.of(environment));
    }

    @Bean
    SagaOperator caravanSagaOperator(SagaHost host, SagaRequests requests) {
        return new SagaOperator(host, requests);
    }

    @Bean
    @ConditionalOnProperty(name = "caravan.coordinator", havingValue = "log")
    @ConditionalOnMissingBean(CamelSagaService.class)
    LogSagaService caravanLogSagaService(
            CamelContext context, SagaHost host, Backoff backoff, SagaRequests requests, CaravanProperties properties) {
        LogSagaService service = new LogSagaService(
                context,
                host,
                new StepCallbacks(context, host, backoff),
                requests.application(),
                properties.startPatience(),
                properties.branchPatience());
        service.setRequests(requests);
        service.setMaxWaitingExchanges(properties.maxWaitingExchanges());
        return service;
    }

    @Bean
    SagaStarter caravanSagaStarter(
            CamelContext context, ObjectProvider<SagaStarter.Origin> origin, RouteThreads caravanRouteThreads) {
        OnlyService.guard(context);
        UnnamedRoutes.remember(context);
        return new SagaStarter(context, origin.getIfAvailable(() -> Map::of), caravanRouteThreads);
    }

    @Bean
    @ConditionalOnMissingBean
    Backoff caravanCompensationBackoff(CaravanProperties properties) {
        CaravanProperties.Compensation compensation = properties.compensation();
        return new Backoff(compensation.initialDelay(), compensation.maximumDelay(), compensation.attempts());
    }
}
