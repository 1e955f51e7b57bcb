package dev.caravan.inventory;

import dev.caravan.launcher.Launcher;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** The inventory service in a process of its own. Its settings are in {@code inventory-service.properties}. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class InventoryServiceApplication {

    public static void main(String[] args) {
        SpringApplicationBuilder application = new SpringApplicationBuilder(InventoryServiceApplication.class)
                .properties("spring.config.name=inventory-service");
        new Launcher("The inventory service", application).start(args);
    }
}
