package dev.caravan.saga.spring;

import dev.caravan.saga.camel.SagaStarter;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.engine.SagaLogger;
import dev.caravan.saga.monitoring.SagaScopes;
import dev.caravan.saga.monitoring.SagaTraces;
import dev.caravan.saga.monitoring.TraceParent;
import dev.caravan.saga.monitoring.TracedCommands;
import dev.caravan.saga.monitoring.TracedListeners;
import dev.caravan.saga.participant.CommandInterceptor;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.InterceptStrategy;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Log lines with the saga's id, and, where there is a tracer, one trace for each saga. */
@AutoConfiguration(
        after = CaravanAutoConfiguration.class,
        afterName = {
            "org.springframework.boot.actuate.autoconfigure.tracing.OpenTelemetryTracingAutoConfiguration",
            // Spring Boot 4
            "org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration"
        })
@ConditionalOnClass(CamelContext.class)
public class TracingAutoConfiguration {

    /** Where there is a tracer. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(Tracer.class)
    @ConditionalOnBean({Tracer.class, SagaHost.class})
    static class TracerConfiguration {

        @Bean
        SagaTraces caravanSagaTraces(
                Tracer tracer, @Value("${management.tracing.sampling.probability:0.1}") double sampled) {
            return new SagaTraces(tracer, sampled);
        }

        @Bean
        CommandSenderCustomizer caravanTracedSender(Tracer tracer, SagaTraces traces) {
            return (sender, topic) -> TracedCommands.sender(sender, tracer, traces, topic);
        }

        /** What is counted has the saga's span as exemplar. */
        @Bean
        SagaListenersCustomizer caravanTracedListeners(Tracer tracer, SagaTraces traces) {
            return listeners -> List.of(new TracedListeners(tracer, traces, listeners));
        }

        @Bean
        SagaStarter.Origin caravanTraceOrigin(Tracer tracer) {
            return () -> {
                Span current = tracer.currentSpan();
                return current == null ? Map.of() : Map.of(TraceParent.HEADER, TraceParent.of(current.context()));
            };
        }

        /** The lines of the library say which trace a saga belongs to. */
        @Bean(destroyMethod = "close")
        AutoCloseable caravanTracesInLogLines(SagaTraces traces) {
            return SagaLogger.traced(traces::traceOf);
        }

        @Bean
        InterceptStrategy caravanSagaScopes(Tracer tracer, SagaTraces traces) {
            return new SagaScopes(sagaId -> {
                Tracer.SpanInScope scope =
                        traces.spanOf(sagaId).map(tracer::withSpan).orElse(null);
                return () -> {
                    if (scope != null) {
                        scope.close();
                    }
                };
            });
        }
    }

    /** Of participants in this application, which may run no sagas itself. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(Tracer.class)
    @ConditionalOnBean(Tracer.class)
    static class TracedParticipantsConfiguration {

        @Bean
        @ConditionalOnMissingBean
        CommandInterceptor caravanTracedCommands(Tracer tracer) {
            return new TracedCommands(tracer);
        }
    }

    @Bean
    @ConditionalOnMissingBean(name = "caravanSagaScopes")
    InterceptStrategy caravanSagaScopesWithoutTraces() {
        return new SagaScopes(sagaId -> () -> {});
    }
}
