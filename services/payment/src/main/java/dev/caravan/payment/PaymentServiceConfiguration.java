package dev.caravan.payment;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.caravan.saga.participant.Rejections;
import dev.caravan.saga.spring.ParticipantsAutoConfiguration;
import java.time.Clock;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.jackson.JacksonAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.JdbcClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.PropertySource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** All beans of the payment service; {@code payments} is the one that its routes call. */
@AutoConfiguration(
        after = {JdbcClientAutoConfiguration.class, JacksonAutoConfiguration.class},
        before = ParticipantsAutoConfiguration.class)
@Import(SandboxGatewayConfiguration.class)
@PropertySource("classpath:caravan/participants/payment-service.properties")
class PaymentServiceConfiguration {

    /** So often do the routes ask a gateway that is unavailable. */
    static final int GATEWAY_CALLS = 6;

    /** More than the delays between those calls, and what the database takes. */
    private static final Duration BETWEEN_GATEWAY_CALLS = Duration.ofSeconds(30);

    @Bean
    @ConditionalOnMissingBean
    Clock clock() {
        return Clock.systemUTC();
    }

    /** How long the compensation of a payment waits at most for one that may be at work. */
    @Bean("payment-service.external-limit")
    Duration paymentLimit(@Value("${caravan.payment.gateway.timeout:15s}") Duration timeout) {
        return longest(timeout);
    }

    /** A payment is not at work for longer, if a call of the gateway takes no longer than its time-out. */
    static Duration longest(Duration timeout) {
        return timeout.multipliedBy(GATEWAY_CALLS).plus(BETWEEN_GATEWAY_CALLS);
    }

    /** What the saga is told when the business says no. */
    @Bean("payment-service.rejections")
    Rejections paymentRejections() {
        return Rejections.none()
                .with(CardDeclinedException.class, "CARD_DECLINED")
                .with(PaymentCancelledException.class, "PAYMENT_CANCELLED");
    }

    @Bean
    PaymentRepository paymentRepository(JdbcClient jdbc, Clock clock) {
        return new PaymentRepository(jdbc, clock);
    }

    @Bean
    GatewayAddress gatewayAddress(@Value("${caravan.payment.gateway.url:}") String url) {
        return new GatewayAddress(url);
    }

    @Bean
    @ConditionalOnMissingBean
    PaymentGateway paymentGateway(
            GatewayAddress address,
            @Value("${caravan.payment.gateway.timeout:15s}") Duration timeout,
            ObjectMapper json) {
        return new HttpPaymentGateway(address, timeout, json);
    }

    @Bean
    Payments payments(PaymentRepository payments, PaymentGateway gateway) {
        return new Payments(payments, gateway);
    }

    @Bean
    PaymentController paymentController(PaymentRepository payments) {
        return new PaymentController(payments);
    }
}
