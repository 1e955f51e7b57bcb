package dev.caravan.saga.spring;

import dev.caravan.saga.camel.LogSagaService;
import dev.caravan.saga.camel.SagaStarter;
import dev.caravan.saga.camel.StepCallbacks;
import dev.caravan.saga.camel.StepKinds;
import dev.caravan.saga.host.Backoff;
import dev.caravan.saga.host.CommandSender;
import dev.caravan.saga.host.Executors;
import dev.caravan.saga.host.OwnedPartitions;
import dev.caravan.saga.host.SagaHost;
import dev.caravan.saga.host.SagaListener;
import dev.caravan.saga.host.SagaOperator;
import dev.caravan.saga.host.SagaRecovery;
import dev.caravan.saga.host.SagaRequests;
import dev.caravan.saga.host.SystemTimers;
import dev.caravan.saga.host.Timers;
import dev.caravan.saga.kafka.DeadLetterReplay;
import dev.caravan.saga.kafka.KafkaClients;
import dev.caravan.saga.kafka.KafkaCommands;
import dev.caravan.saga.kafka.KafkaHostLoop;
import dev.caravan.saga.kafka.KafkaParticipants;
import dev.caravan.saga.kafka.KafkaSagaEnds;
import dev.caravan.saga.kafka.KafkaShutdown;
import dev.caravan.saga.kafka.Membership;
import dev.caravan.saga.kafka.Topics;
import dev.caravan.saga.log.SagaLog;
import dev.caravan.saga.log.kafka.KafkaSagaLog;
import dev.caravan.saga.participant.CommandInterceptor;
import dev.caravan.saga.participant.Inbox;
import dev.caravan.saga.participant.InboxRetention;
import dev.caravan.saga.participant.ParticipantListener;
import dev.caravan.saga.participant.ParticipantListeners;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import org.apache.camel.CamelContext;
import org.apache.camel.saga.CamelSagaService;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcOperations;

/** Caravan in a Spring Boot application with Camel. Each bean gives way to one of the application's own. */
@AutoConfiguration(afterName = "org.apache.camel.spring.boot.CamelAutoConfiguration")
@ConditionalOnClass(CamelContext.class)
@EnableConfigurationProperties(CaravanProperties.class)
public class CaravanAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    Clock caravanClock() {
        return Clock.systemUTC();
    }

    @Bean(destroyMethod = "shutdown")
    @ConditionalOnMissingBean(name = "caravanExecutor")
    ExecutorService caravanExecutor() {
        return Executors.small("caravan");
    }

    @Bean(destroyMethod = "shutdown")
    @ConditionalOnMissingBean(name = "caravanWorkers")
    ExecutorService caravanWorkers(CaravanProperties properties) {
        return Executors.blocking("caravan-worker", properties.participant().threads());
    }

    @Bean
    @ConditionalOnMissingBean
    Timers caravanTimers(Clock clock, ExecutorService caravanExecutor) {
        return new SystemTimers(clock, caravanExecutor);
    }

    @Bean
    @ConditionalOnMissingBean
    KafkaClients caravanKafkaClients(CamelContext context) {
        return KafkaClients.of(context);
    }

    @Bean
    @ConditionalOnMissingBean
    Topics caravanTopics(KafkaClients clients, CaravanProperties properties) {
        return new Topics(clients, properties.partitions(), properties.kafkaTimeout());
    }

    @Bean
    Membership caravanMembership(CaravanProperties properties) {
        return new Membership(properties.instanceId(), properties.sessionTimeout());
    }

    @Bean
    @ConditionalOnMissingBean
    KafkaParticipants caravanParticipants(
            CamelContext context,
            KafkaClients clients,
            Topics topics,
            ExecutorService caravanWorkers,
            Timers timers,
            Membership membership,
            ObjectProvider<ParticipantListener> listeners,
            ObjectProvider<Inbox> inboxes,
            ObjectProvider<CommandInterceptor> interceptor,
            CaravanProperties properties)
            throws Exception {
        ParticipantListener listener =
                new ParticipantListeners(listeners.orderedStream().toList());
        inboxes.forEach(inbox -> inbox.setListener(listener));
        KafkaParticipants participants = new KafkaParticipants(
                clients,
                topics,
                caravanWorkers,
                timers,
                properties.participant().maxInFlight(),
                membership,
                listener,
                interceptor.getIfAvailable(() -> CommandInterceptor.NONE));
        FullyStarted.add(context, participants::start);
        return participants;
    }

    @Bean
    KafkaShutdown caravanShutdown(
            CamelContext context,
            KafkaClients clients,
            KafkaParticipants participants,
            ObjectProvider<KafkaHostLoop> sagas,
            Clock clock,
            CaravanProperties properties) {
        KafkaShutdown shutdown =
                new KafkaShutdown(clients, participants, sagas.getIfAvailable(), clock, properties.shutdownTimeout());
        context.addLifecycleStrategy(shutdown);
        return shutdown;
    }

    @Bean
    @ConditionalOnMissingBean
    DeadLetterReplay caravanDeadLetterReplay(KafkaClients clients) {
        return new DeadLetterReplay(clients);
    }

    @Bean
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    @ConditionalOnProperty(name = "caravan.api.operator", havingValue = "true")
    DeadLetterController caravanDeadLetterController(DeadLetterReplay deadLetters) {
        return new DeadLetterController(deadLetters);
    }

    /** For participants whose inbox is a table. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(JdbcOperations.class)
    static class InboxConfiguration {

        @Bean
        InboxHousekeeping caravanInboxHousekeeping(
                CamelContext context,
                Timers timers,
                ExecutorService caravanWorkers,
                ObjectProvider<InboxRetention> inboxes,
                CaravanProperties properties)
                throws Exception {
            InboxHousekeeping housekeeping = new InboxHousekeeping(
                    timers,
                    caravanWorkers,
                    inboxes.stream().toList(),
                    properties.participant().inboxRetention());
            FullyStarted.add(context, housekeeping::start);
            return housekeeping;
        }
    }

    /** What an application needs that runs sagas. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnExpression("!'none'.equalsIgnoreCase('${caravan.coordinator:lra}')")
    static class HostConfiguration {

        @Bean
        @ConditionalOnMissingBean(SagaLog.class)
        KafkaSagaLog caravanSagaLog(KafkaClients clients, Topics topics, CaravanProperties properties) {
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
                ObjectProvider<SagaListener> listeners,
                ObjectProvider<CommandSenderCustomizer> customizer) {
            CommandSender commands = customizer
                    .getIfAvailable(() -> sender -> sender)
                    .customize(new KafkaCommands(clients, topics, caravanWorkers));
            SagaHost host = new SagaHost(log, commands, timers, caravanExecutor, instance());
            listeners.orderedStream().forEach(host::addListener);
            return host;
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
                CaravanProperties properties,
                @Value("${spring.application.name:caravan}") String application)
                throws Exception {
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
                    properties.log().carryAfter());
            FullyStarted.add(context, () -> {
                StepKinds.check(context, properties.coordinator() == CaravanProperties.Coordinator.LOG);
                recovery.ifAvailable(host::setRecovery);
                loop.start();
            });
            return loop;
        }

        @Bean
        SagaRequests caravanSagaRequests(
                SagaLog log,
                Timers timers,
                ExecutorService caravanWorkers,
                @Value("${spring.application.name:caravan}") String application) {
            return new SagaRequests(log, timers, caravanWorkers, application);
        }

        @Bean
        SagaOperator caravanSagaOperator(SagaHost host, SagaRequests requests) {
            return new SagaOperator(host, requests);
        }

        @Bean
        @ConditionalOnProperty(name = "caravan.coordinator", havingValue = "log")
        @ConditionalOnMissingBean(CamelSagaService.class)
        LogSagaService caravanLogSagaService(
                CamelContext context,
                SagaHost host,
                Backoff backoff,
                SagaRequests requests,
                CaravanProperties properties) {
            LogSagaService service = new LogSagaService(
                    context,
                    host,
                    new StepCallbacks(context, host, backoff),
                    requests.application(),
                    properties.startPatience(),
                    properties.branchPatience());
            service.setRequests(requests);
            return service;
        }

        @Bean
        SagaStarter caravanSagaStarter(CamelContext context, ObjectProvider<SagaStarter.Origin> origin) {
            return new SagaStarter(context, origin.getIfAvailable(() -> Map::of));
        }

        @Bean
        @ConditionalOnMissingBean
        Backoff caravanCompensationBackoff(CaravanProperties properties) {
            CaravanProperties.Compensation compensation = properties.compensation();
            return new Backoff(compensation.initialDelay(), compensation.maximumDelay(), compensation.attempts());
        }
    }
}
