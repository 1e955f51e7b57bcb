package dev.caravan.payment;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The beans of the sandbox gateway. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("caravan.payment.gateway.sandbox")
class SandboxGatewayConfiguration {

    @Bean
    SandboxCharges sandboxCharges(JdbcClient jdbc) {
        return new SandboxCharges(jdbc);
    }

    @Bean
    SandboxSilence sandboxSilence() {
        return new SandboxSilence();
    }

    @Bean
    SandboxPaymentGateway sandboxPaymentGateway(SandboxCharges charges, SandboxSilence silence) {
        return new SandboxPaymentGateway(charges, silence);
    }
}
