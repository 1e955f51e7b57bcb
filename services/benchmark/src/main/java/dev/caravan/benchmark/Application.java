package dev.caravan.benchmark;

import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** A Spring Boot application with the beans that a row brings along. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
class Application {

    /** Participants have a database of their own, or none. */
    private static final String NOT_WANTED = DataSourceAutoConfiguration.class.getName();

    /** Starts it. It ends when it is closed. */
    static ConfigurableApplicationContext start(
            Broker broker, WebApplicationType type, Map<String, Object> settings, Object... beans) {
        Map<String, Object> properties = new LinkedHashMap<>(Map.of(
                "spring.application.name",
                "benchmark",
                "server.address",
                "127.0.0.1",
                "camel.component.kafka.brokers",
                broker.servers(),
                "caravan.instance-id",
                "benchmark",
                "caravan.start-limit",
                0,
                "caravan.lra.coordinator.embedded",
                false,
                "spring.main.banner-mode",
                "off",
                "spring.autoconfigure.exclude",
                NOT_WANTED));
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
