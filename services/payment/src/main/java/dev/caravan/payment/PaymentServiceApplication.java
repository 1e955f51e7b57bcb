package dev.caravan.payment;

import dev.caravan.launcher.Launcher;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** The payment service in a process of its own. Its settings are in {@code payment-service.properties}. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class PaymentServiceApplication {

    public static void main(String[] args) {
        SpringApplicationBuilder application = new SpringApplicationBuilder(PaymentServiceApplication.class)
                .properties("spring.config.name=payment-service");
        new Launcher("The payment service", application).start(args);
    }
}
