package dev.caravan.shop;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestInstance;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.ContextConfiguration;

/**
 * The whole shop in the JVM of the test. It has patience for 3 s with a step and for 5 s with the payment gateway, so
 * that a gateway that never answers leads to a time-out first and to a late reply afterwards.
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
            "order.saga.step-timeout=3s",
            "order.saga.timeout=20s",
            "caravan.payment.gateway.timeout=5s",
            "caravan.lra.coordinator.recovery-period=200ms",
            "caravan.lra.coordinator.recovery-max-delay=1s",
            "caravan.compensation.initial-delay=100ms",
            "caravan.compensation.maximum-delay=1s"
        })
@ContextConfiguration(initializers = {FreshDataDirectory.class, EmbeddedKafkaInitializer.class})
@interface ShopTest {}
