package dev.caravan.saga.spring;

import dev.caravan.saga.camel.LogSagaService;
import dev.caravan.saga.camel.StartLimit;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.kafka.KafkaClients;
import dev.caravan.saga.kafka.KafkaHostLoop;
import dev.caravan.saga.kafka.KafkaParticipants;
import dev.caravan.saga.metrics.MessageMetrics;
import dev.caravan.saga.metrics.SagaMetrics;
import dev.caravan.saga.monitoring.SagaView;
import dev.caravan.saga.monitoring.ViewMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Sagas in numbers, where there is a registry of meters. */
@AutoConfiguration(
        after = MonitoringAutoConfiguration.class,
        afterName = {
            "org.springframework.boot.actuate.autoconfigure.metrics.CompositeMeterRegistryAutoConfiguration",
            // Spring Boot 4
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration"
        })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({MeterRegistry.class, KafkaClients.class})
public class MetricsAutoConfiguration {

    @Bean
    MessageMetrics caravanMessageMetrics(MeterRegistry meters) {
        return new MessageMetrics(meters);
    }

    @Bean
    MeterBinder caravanDeadLetterMetrics(KafkaClients clients) {
        return meters -> new MessageMetrics(meters).countDeadLetters(clients);
    }

    @Bean
    MeterBinder caravanParticipantMetrics(KafkaParticipants participants) {
        return meters -> new MessageMetrics(meters)
                .showFenced("participants", participants, here -> here.fenced().size());
    }

    /** Of an application that runs sagas. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBean(SagaView.class)
    static class HostMetricsConfiguration {

        @Bean
        SagaMetrics caravanSagaMetrics(MeterRegistry meters) {
            return new SagaMetrics(meters);
        }

        /** Alerts link to it. */
        @Bean
        @ConditionalOnProperty("caravan.console.url")
        MeterBinder caravanConsoleMetric(@Value("${caravan.console.url}") String url) {
            return meters -> ViewMetrics.showConsole(url, meters);
        }

        @Bean
        MeterBinder caravanHostMetrics(
                SagaMetrics metrics,
                SagaHost host,
                SagaView view,
                Clock clock,
                ObjectProvider<StartLimit> starts,
                ObjectProvider<KafkaHostLoop> loop,
                ObjectProvider<LogSagaService> logService) {
            return meters -> {
                metrics.watch(host);
                starts.ifAvailable(metrics::showStarts);
                logService.ifAvailable(
                        service -> metrics.showPassivations(service, LogSagaService::exchangesPassivated));
                new ViewMetrics(view, clock, meters);
                loop.ifAvailable(reader -> {
                    MessageMetrics messages = new MessageMetrics(meters);
                    messages.showLogLag(reader::lag);
                    messages.showUnreadable(reader, KafkaHostLoop::unreadable);
                    messages.showFenced("host", reader, here -> here.fenced().size());
                });
            };
        }
    }
}
