package dev.caravan.shipping;

import dev.caravan.launcher.Launcher;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** The shipping service in a process of its own. Its settings are in {@code shipping-service.properties}. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class ShippingServiceApplication {

    public static void main(String[] args) {
        SpringApplicationBuilder application = new SpringApplicationBuilder(ShippingServiceApplication.class)
                .properties("spring.config.name=shipping-service");
        new Launcher("The shipping service", application).start(args);
    }
}
