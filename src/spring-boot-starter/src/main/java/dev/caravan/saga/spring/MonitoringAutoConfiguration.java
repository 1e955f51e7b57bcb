package dev.caravan.saga.spring;

import dev.caravan.saga.camel.ReplyLinks;
import dev.caravan.saga.camel.RouteVersions;
import dev.caravan.saga.camel.SagaKeys;
import dev.caravan.saga.engine.Executors;
import dev.caravan.saga.engine.SagaAnswers;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.engine.SagaLogger;
import dev.caravan.saga.engine.SagaOperator;
import dev.caravan.saga.lra.CoordinatorLras;
import dev.caravan.saga.message.SensitiveFields;
import dev.caravan.saga.monitoring.OlderVersions;
import dev.caravan.saga.monitoring.SagaDirectory;
import dev.caravan.saga.monitoring.SagaSummary;
import dev.caravan.saga.monitoring.SagaView;
import dev.caravan.saga.state.SagaLog;
import dev.caravan.saga.time.SteadyClock;
import dev.caravan.saga.time.Timers;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import org.apache.camel.CamelContext;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Seeing sagas and repairing them: over HTTP, over JMX, and by the actuator. */
@AutoConfiguration(after = CaravanAutoConfiguration.class)
@ConditionalOnBean(SagaHost.class)
public class MonitoringAutoConfiguration {

    @Bean
    SagaView caravanSagaView(SagaLog log, Clock clock, CaravanProperties properties) {
        CaravanProperties.View settings = properties.view();
        SagaDirectory directory = ListDirectory.of(settings.directory());
        int capacity = ListDirectory.capacity(settings.capacity(), directory);
        return new SagaView(log, clock, capacity, settings.silence(), directory);
    }

    @Bean
    SagaLog.Following caravanSagaViewFollowing(SagaView view, CamelContext context) throws Exception {
        FullyStarted.add(context, () -> new OlderVersions(view, RouteVersions.older(context)).watch());
        return view.follow();
    }

    /** Warnings about a saga say where it is shown. */
    @Bean(destroyMethod = "close")
    @ConditionalOnProperty("caravan.console.url")
    AutoCloseable caravanLinksInLogLines(@Value("${caravan.console.url}") String url) {
        return SagaLogger.linked(url);
    }

    /** The list knows the sagas of all instances. */
    @Bean
    SagaKeys caravanSagaKeys(SagaView view) {
        return key -> CompletableFuture.completedFuture(view.findByKey(key).map(SagaSummary::sagaId));
    }

    @Bean
    SagasMBean caravanSagasMBean(SagaView view, SagaOperator operator, Clock clock) {
        return new SagasMBean(view, operator, clock);
    }

    /** The list over HTTP, and what an operator can do. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    static class WebConfiguration {

        /** Threads of their own: a client that does not read holds one up, and no saga. */
        private static final int STREAM_THREADS = 4;

        /** Up to Spring Boot 3, Jackson 2 writes what is its own. */
        @Bean
        @ConditionalOnMissingClass("org.springframework.boot.autoconfigure.jackson.JacksonAutoConfiguration")
        JsonNodeConverter caravanJsonNodeConverter() {
            return new JsonNodeConverter();
        }

        @Bean
        SagaEventStreams caravanSagaEventStreams(SagaView view, Timers timers, CaravanProperties properties) {
            CaravanProperties.Api settings = properties.api();
            return new SagaEventStreams(
                    view,
                    timers,
                    Executors.blocking("caravan-streams", STREAM_THREADS),
                    settings.streamsPerClient(),
                    settings.streams());
        }

        @Bean
        SagaController caravanSagaController(
                SagaView view,
                SagaHost host,
                SagaEventStreams streams,
                ExecutorService caravanWorkers,
                Clock clock,
                SensitiveFields caravanSensitiveFields) {
            return new SagaController(view, host, streams, caravanWorkers, clock, caravanSensitiveFields);
        }

        @Bean
        AccessController caravanAccessController(CaravanProperties properties, LraList lras) {
            return new AccessController(properties.api().operator(), lras);
        }

        @Bean
        ExportController caravanExportController(
                SagaView view, SagaHost host, Clock clock, SensitiveFields caravanSensitiveFields) {
            return new ExportController(view, clock, caravanSensitiveFields, new PayloadReads(host.requests()));
        }

        @Bean
        ActListController caravanActListController(SagaView view) {
            return new ActListController(view);
        }

        /** Looked for at the first request: the coordinator is known later than the list of sagas. */
        @Bean
        LraList caravanLraList(
                ObjectProvider<CoordinatorLras> coordinator, SagaView view, ExecutorService caravanWorkers) {
            return new LraList(coordinator::getIfAvailable, view, caravanWorkers);
        }

        @Bean
        LraController caravanLraController(LraList lras) {
            return new LraController(lras);
        }

        @Bean
        @ConditionalOnProperty(name = "caravan.api.operator", havingValue = "true")
        LraOperatorController caravanLraOperatorController(LraList lras) {
            return new LraOperatorController(lras);
        }

        @Bean
        @ConditionalOnProperty(name = "caravan.api.operator", havingValue = "true")
        OperatorController caravanOperatorController(SagaOperator operator) {
            return new OperatorController(operator);
        }

        @Bean
        @ConditionalOnProperty(name = "caravan.api.operator", havingValue = "true")
        StepQuestionController caravanStepQuestionController(
                SagaOperator operator, SensitiveFields caravanSensitiveFields) {
            return new StepQuestionController(operator, caravanSensitiveFields);
        }

        @Bean
        @ConditionalOnProperty("caravan.reply-links.secret")
        ReplyLinkController caravanReplyLinkController(ReplyLinks links, SagaAnswers answers) {
            return new ReplyLinkController(links, answers, SteadyClock.OF_PROCESS);
        }

        @Bean
        @ConditionalOnProperty(name = "caravan.api.operator", havingValue = "true")
        AnswerController caravanAnswerController(SagaAnswers answers) {
            return new AnswerController(answers);
        }

        @Bean
        @ConditionalOnProperty(name = "caravan.api.operator", havingValue = "true")
        BulkActController caravanBulkActController(
                SagaView view,
                SagaOperator operator,
                SagaAnswers answers,
                Timers timers,
                ExecutorService caravanWorkers) {
            return new BulkActController(new BulkActs(view, operator, answers, timers, caravanWorkers));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(Endpoint.class)
    static class EndpointConfiguration {

        @Bean
        SagasEndpoint caravanSagasEndpoint(SagaView view, Clock clock) {
            return new SagasEndpoint(view, clock);
        }
    }
}
