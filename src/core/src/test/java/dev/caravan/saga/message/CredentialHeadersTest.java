package dev.caravan.saga.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialHeadersTest {

    @ParameterizedTest
    @ValueSource(strings = {"Authorization", "Cookie", "Set-Cookie", "X-Api-Key", "Proxy-Authorization"})
    void areThoseOfHttpInAnyCase(String name) {
        assertThat(CredentialHeaders.DEFAULT.contains(name)).isTrue();
        assertThat(CredentialHeaders.DEFAULT.contains(name.toLowerCase(Locale.ROOT)))
                .isTrue();
        assertThat(CredentialHeaders.DEFAULT.contains(name.toUpperCase(Locale.ROOT)))
                .isTrue();
    }

    @Test
    void areThoseOfTheApplicationBeside() {
        CredentialHeaders headers = new CredentialHeaders(List.of(" X-Shop-Session ", ""));

        assertThat(headers.contains("x-shop-session")).isTrue();
        assertThat(headers.contains("authorization")).isTrue();
        assertThat(headers.contains("customer")).isFalse();
        assertThat(headers.contains("")).isFalse();
    }
}
