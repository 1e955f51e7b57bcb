package dev.caravan.order;

import dev.caravan.launcher.Launcher;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** The order service in a process of its own. Its settings are in {@code order-service.properties}. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class OrderServiceApplication {

    public static void main(String[] args) {
        SpringApplicationBuilder application = new SpringApplicationBuilder(OrderServiceApplication.class)
                .properties("spring.config.name=order-service");
        new Launcher("The order service", application).start(args);
    }
}
