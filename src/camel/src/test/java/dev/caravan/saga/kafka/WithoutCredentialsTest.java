package dev.caravan.saga.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.message.CredentialHeaders;
import java.util.List;
import org.apache.camel.component.kafka.KafkaHeaderFilterStrategy;
import org.apache.camel.spi.HeaderFilterStrategy;
import org.junit.jupiter.api.Test;

class WithoutCredentialsTest {

    private final HeaderFilterStrategy filter =
            new WithoutCredentials(new CredentialHeaders(List.of("X-Shop-Session")), new KafkaHeaderFilterStrategy());

    @Test
    void sendsAllButCredentialsAndWhatIsCamelsOwn() {
        assertThat(List.of("authorization", "COOKIE", "x-shop-session", "CamelHttpMethod"))
                .allSatisfy(name -> assertThat(filter.applyFilterToCamelHeaders(name, "x", null))
                        .isTrue());
        assertThat(filter.applyFilterToCamelHeaders("customer", "x", null)).isFalse();
    }

    @Test
    void takesWhatOthersSend() {
        assertThat(filter.applyFilterToExternalHeaders("customer", "x", null)).isFalse();
    }
}
