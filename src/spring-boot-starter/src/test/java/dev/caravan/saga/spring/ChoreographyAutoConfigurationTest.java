package dev.caravan.saga.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.message.CredentialHeaders;
import java.util.Map;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.component.kafka.springboot.KafkaComponentAutoConfiguration;
import org.apache.camel.spi.ComponentCustomizer;
import org.apache.camel.spi.HeaderFilterStrategy;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** How the consumers of events are set up. */
class ChoreographyAutoConfigurationTest {

    private final ComponentCustomizer consumers = new ChoreographyAutoConfiguration()
            .caravanEventConsumers(
                    new Binder(new MapConfigurationPropertySource(Map.of()))
                            .bindOrCreate("caravan", CaravanProperties.class),
                    CredentialHeaders.DEFAULT);

    /** Camel's defaults would skip a record that fails, and after a kill begin with what comes next. */
    @Test
    void losesNoRecord() {
        KafkaComponent kafka = new KafkaComponent();

        consumers.configure("kafka", kafka);

        assertThat(kafka.getConfiguration().getAutoOffsetReset()).isEqualTo("earliest");
        assertThat(kafka.getConfiguration().isAutoCommitEnable()).isFalse();
        assertThat(kafka.getConfiguration().isBreakOnFirstError()).isTrue();
    }

    @Test
    void sendsNoCredentials() {
        KafkaComponent kafka = new KafkaComponent();

        consumers.configure("kafka", kafka);

        HeaderFilterStrategy sent = kafka.getConfiguration().getHeaderFilterStrategy();
        assertThat(sent.applyFilterToCamelHeaders("authorization", "Bearer x", null))
                .isTrue();
        assertThat(sent.applyFilterToCamelHeaders("customer", "ann", null)).isFalse();
    }

    @Test
    void comesAfterTheCustomizerThatSetsCamelsDefaults() {
        assertThat(consumers.getOrder())
                .isGreaterThan(new KafkaComponentAutoConfiguration(null)
                        .configureKafkaComponent()
                        .getOrder());
    }
}
