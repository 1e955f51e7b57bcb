package com.example.tickets;

import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import java.nio.file.Path;
import java.util.Map;
import org.springframework.beans.factory.support.DefaultSingletonBeanRegistry;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/** A Kafka broker in this process, unless {@code camel.component.kafka.brokers} names one. */
class EmbeddedBroker implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    private static final String BROKERS = "camel.component.kafka.brokers";

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        ConfigurableEnvironment environment = context.getEnvironment();
        if (environment.getProperty(BROKERS) != null) {
            return;
        }
        Path directory = Path.of(environment.getRequiredProperty("tickets.data-dir"), "kafka");
        EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory));
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource("embedded-kafka", Map.of(BROKERS, kafka.bootstrapServers())));
        DefaultSingletonBeanRegistry beans = (DefaultSingletonBeanRegistry) context.getBeanFactory();
        beans.registerDisposableBean("embeddedKafka", kafka::close);
    }
}
