package dev.caravan.shop;

import dev.caravan.launcher.Launcher;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Import;

/**
 * The shop in one process. Its settings are in {@code shop.properties}.
 *
 * <p>Exit codes: 1 if it cannot start, with one line that says why; 143 after SIGTERM.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(ShopConfiguration.class)
public class ShopApplication {

    public static void main(String[] arguments) {
        SpringApplicationBuilder application = new SpringApplicationBuilder(ShopApplication.class)
                .properties("spring.config.name=shop")
                .initializers(new EmbeddedKafkaInitializer());
        new Launcher("The shop", application).start(arguments);
    }
}
