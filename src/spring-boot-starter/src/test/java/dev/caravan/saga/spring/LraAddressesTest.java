package dev.caravan.saga.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.springframework.mock.env.MockEnvironment;

/** Where coordinator and callbacks are looked for. */
class LraAddressesTest {

    private final MockEnvironment environment = new MockEnvironment().withProperty("local.server.port", "8443");

    private URI callbacks() {
        return LraAutoConfiguration.participant(environment).get();
    }

    @Test
    void areInThisApplication() {
        assertThat(callbacks()).isEqualTo(URI.create("http://localhost:8443/lra-participant"));
        assertThat(LraAutoConfiguration.coordinator(environment).get())
                .isEqualTo(URI.create("http://localhost:8443/lra-coordinator"));
    }

    @Test
    void areHttpsWhereTheServerIs() {
        environment.withProperty("server.ssl.bundle", "web");

        assertThat(callbacks()).isEqualTo(URI.create("https://localhost:8443/lra-participant"));
        assertThat(LraAutoConfiguration.coordinator(environment).get()).hasScheme("https");
    }

    @Test
    void areHttpWhereTlsIsSwitchedOff() {
        environment.withProperty("server.ssl.key-store", "keys.p12").withProperty("server.ssl.enabled", "false");

        assertThat(callbacks()).hasScheme("http");
    }

    @Test
    void areWhereTheApplicationSays() {
        environment
                .withProperty("server.ssl.bundle", "web")
                .withProperty("camel.lra.local-participant-url", "http://trips:8090/");

        assertThat(callbacks()).isEqualTo(URI.create("http://trips:8090/lra-participant"));
    }
}
