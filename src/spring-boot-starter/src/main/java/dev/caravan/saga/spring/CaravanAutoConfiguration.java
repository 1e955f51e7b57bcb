package dev.caravan.saga.spring;

import dev.caravan.saga.camel.Credentials;
import dev.caravan.saga.engine.Executors;
import dev.caravan.saga.engine.RouteThreads;
import dev.caravan.saga.kafka.DeadLetterReplay;
import dev.caravan.saga.kafka.KafkaClients;
import dev.caravan.saga.kafka.KafkaHostLoop;
import dev.caravan.saga.kafka.KafkaParticipants;
import dev.caravan.saga.kafka.KafkaShutdown;
import dev.caravan.saga.kafka.Membership;
import dev.caravan.saga.kafka.TopicSettings;
import dev.caravan.saga.kafka.Topics;
import dev.caravan.saga.message.CredentialHeaders;
import dev.caravan.saga.message.SensitiveFields;
import dev.caravan.saga.participant.CommandInterceptor;
import dev.caravan.saga.participant.InboxRetention;
import dev.caravan.saga.participant.ParticipantListener;
import dev.caravan.saga.participant.ParticipantListeners;
import dev.caravan.saga.time.SystemTimers;
import dev.caravan.saga.time.Timers;
import java.time.Clock;
import java.util.concurrent.ExecutorService;
import org.apache.camel.CamelContext;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcOperations;

/** Caravan in a Spring Boot application with Camel. Each bean gives way to one of the application's own. */
@AutoConfiguration(afterName = "org.apache.camel.spring.boot.CamelAutoConfiguration")
@ConditionalOnClass(CamelContext.class)
@EnableConfigurationProperties(CaravanProperties.class)
@Import(SagaHostConfiguration.class)
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
    @ConditionalOnMissingBean(name = "caravanRouteThreads")
    RouteThreads caravanRouteThreads(CaravanProperties properties) {
        return Executors.routes("caravan-route", properties.routeThreads());
    }

    @Bean
    @ConditionalOnMissingBean(name = "caravanCallbackThreads")
    RouteThreads caravanCallbackThreads(CaravanProperties properties) {
        return Executors.routes("caravan-callback", properties.routeThreads());
    }

    @Bean
    @ConditionalOnMissingBean
    Timers caravanTimers(Clock clock, ExecutorService caravanExecutor) {
        return new SystemTimers(clock, caravanExecutor);
    }

    @Bean(Credentials.BEAN)
    CredentialHeaders caravanCredentialHeaders(CaravanProperties properties) {
        return new CredentialHeaders(properties.credentialHeaders());
    }

    @Bean(KafkaClients.SENSITIVE_FIELDS)
    SensitiveFields caravanSensitiveFields(CaravanProperties properties) {
        return SensitiveFields.of(
                properties.sensitiveFields(), properties.sensitiveKeys(), properties.sensitiveKeysFile());
    }

    @Bean
    @ConditionalOnMissingBean
    KafkaClients caravanKafkaClients(CamelContext context) {
        return KafkaClients.of(context);
    }

    @Bean
    @ConditionalOnMissingBean
    Topics caravanTopics(KafkaClients clients, CaravanProperties properties) {
        TopicSettings settings = new TopicSettings(
                properties.partitions(), properties.replicationFactor(), properties.minInsyncReplicas());
        return new Topics(clients, settings, properties.kafkaTimeout());
    }

    @Bean
    static InboxListening caravanInboxListening(ObjectProvider<ParticipantListener> listeners) {
        return new InboxListening(listeners);
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
            ObjectProvider<CommandInterceptor> interceptor,
            CaravanProperties properties)
            throws Exception {
        ParticipantListener listener =
                new ParticipantListeners(listeners.orderedStream().toList());
        KafkaParticipants participants = new KafkaParticipants(
                clients,
                topics,
                caravanWorkers,
                timers,
                properties.participant().maxInFlight(),
                membership,
                listener,
                interceptor.getIfAvailable(() -> CommandInterceptor.NONE),
                properties.participant().batchSize());
        FullyStarted.add(context, participants::start);
        return participants;
    }

    @Bean
    KafkaShutdown caravanShutdown(
            CamelContext context,
            KafkaClients clients,
            KafkaParticipants participants,
            ObjectProvider<KafkaHostLoop> sagas,
            Timers timers,
            CaravanProperties properties) {
        KafkaShutdown shutdown = new KafkaShutdown(
                clients, participants, sagas.getIfAvailable(), timers.steady(), properties.shutdownTimeout());
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
}
