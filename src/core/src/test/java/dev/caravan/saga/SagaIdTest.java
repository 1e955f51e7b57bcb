package dev.caravan.saga;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class SagaIdTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", "0_ffffac110002_b0f5_65", "order:42", "Order-42.1", "7"})
    void isWhatFitsIntoAKeyAndAUrl(String value) {
        assertThat(new SagaId(value)).hasToString(value);
    }

    @ParameterizedTest
    @NullAndEmptySource
    @ValueSource(strings = {" ", "a b", "a/b", "a?b", "a%2Fb", "a\nb", "주문-1", "a\u0000", "<b>"})
    void refusesWhatDoesNot(String value) {
        assertThatThrownBy(() -> new SagaId(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("Not a saga id: '%s'", Printable.of(value));
    }

    @Test
    void hasAtMostTwoHundredCharacters() {
        assertThat(new SagaId("a".repeat(200)).value()).hasSize(200);
        assertThatThrownBy(() -> new SagaId("a".repeat(201))).isInstanceOf(IllegalArgumentException.class);
    }
}
