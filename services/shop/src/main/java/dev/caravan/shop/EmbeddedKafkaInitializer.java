package dev.caravan.shop;

import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import java.nio.file.Path;
import java.util.Map;
import org.springframework.beans.factory.support.DefaultSingletonBeanRegistry;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Starts a Kafka broker before anything else, and stops it after everything else, unless
 * {@code camel.component.kafka.brokers} names one that is there. This broker asks nobody who they are: so that nobody else
 * answers for the services that are here, commands carry tokens.
 */
final class EmbeddedKafkaInitializer implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    private static final String BROKERS = "camel.component.kafka.brokers";

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        ConfigurableEnvironment environment = context.getEnvironment();
        if (environment.getProperty(BROKERS) != null) {
            return;
        }
        Path directory = Path.of(environment.getRequiredProperty("caravan.shop.data-dir"), "kafka");
        int port = environment.getRequiredProperty("caravan.shop.kafka-port", Integer.class);
        EmbeddedKafka kafka =
                EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory).withPort(port));
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource("embedded-kafka", Map.of(BROKERS, kafka.bootstrapServers())));
        environment
                .getPropertySources()
                .addLast(new MapPropertySource(
                        "reply-secret",
                        Map.of("caravan.replies.secret", ReplySecret.of(directory.resolveSibling("reply-secret")))));
        DefaultSingletonBeanRegistry beans = (DefaultSingletonBeanRegistry) context.getBeanFactory();
        beans.registerSingleton("embeddedKafka", kafka);
        beans.registerDisposableBean("embeddedKafka", kafka::close);
    }
}
