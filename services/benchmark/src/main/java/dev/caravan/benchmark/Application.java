package dev.caravan.benchmark;

import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** A Spring Boot application with the beans that a row brings along. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
class Application {

    /** Starts it. It ends when it is closed. */
    static ConfigurableApplicationContext start(
            Broker broker, WebApplicationType type, Map<String, Object> settings, Object... beans) {
        Map<String, Object> properties = new LinkedHashMap<>(Map.of(
                "spring.config.name", "benchmark",
                "spring.application.name", "benchmark",
                "server.address", "127.0.0.1",
                "camel.component.kafka.brokers", broker.servers(),
                "caravan.instance-id", "benchmark"));
        properties.putAll(settings);
        return new SpringApplicationBuilder(Application.class)
                .web(type)
                .properties(properties)
                .initializers(context -> {
                    for (Object bean : beans) {
                        register((GenericApplicationContext) context, bean);
                    }
                })
                .run();
    }

    private static void register(GenericApplicationContext context, Object bean) {
        String name = bean.getClass().getSimpleName();
        context.getBeanFactory().registerSingleton(name, bean);
    }
}
