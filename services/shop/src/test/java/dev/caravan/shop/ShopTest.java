package dev.caravan.shop;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestInstance;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.ContextConfiguration;

/**
 * The whole shop in the JVM of the test. No step runs out of time, however busy the machine; what becomes of one that does
 * is in {@link SilentGatewayIT}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SpringBootTest(
        classes = ShopApplication.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.config.name=shop",
            "caravan.shop.tour=false",
            "caravan.shop.timeline=false",
            "order.saga.step-timeout=1m",
            "order.saga.timeout=10m",
            "caravan.lra.coordinator.recovery-period=200ms",
            "caravan.lra.coordinator.recovery-max-delay=1s",
            "caravan.compensation.initial-delay=100ms",
            "caravan.compensation.maximum-delay=1s"
        })
@ContextConfiguration(initializers = {FreshDataDirectory.class, EmbeddedKafkaInitializer.class})
@interface ShopTest {}
