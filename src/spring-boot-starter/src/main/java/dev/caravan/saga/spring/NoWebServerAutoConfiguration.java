package dev.caravan.saga.spring;

import dev.caravan.saga.engine.SagaHost;
import org.apache.camel.CamelContext;
import org.apache.camel.saga.CamelSagaService;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;

/** Mode {@code lra} in an application that an LRA coordinator cannot call back. It may have participants, and no sagas. */
@AutoConfiguration(after = LraAutoConfiguration.class)
@ConditionalOnClass(CamelContext.class)
@ConditionalOnBean(SagaHost.class)
@ConditionalOnProperty(name = "caravan.coordinator", havingValue = "lra", matchIfMissing = true)
@ConditionalOnMissingBean(CamelSagaService.class)
public class NoWebServerAutoConfiguration {

    @Bean
    NoWebServer caravanNoWebServer(CamelContext context) {
        return new NoWebServer(context);
    }
}
