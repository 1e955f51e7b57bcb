package dev.caravan.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MoneyTest {

    @Test
    void hasTwoDecimals() {
        assertThat(new Money(new BigDecimal("1E+1"), "EUR").amount()).hasToString("10.00");
    }

    @Timeout(value = 10, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    @ParameterizedTest
    @ValueSource(strings = {"1e200000000", "1e-200000000", "1e17", "-1e2000000000"})
    void refusesANumberThatIsShortToSendAndLongToComputeWith(String text) {
        BigDecimal number = new BigDecimal(text);

        assertThatThrownBy(() -> new Money(number, "EUR")).hasMessageContaining("17 digits");
        assertThatThrownBy(() -> new OrderItem("COFFEE", 1, number)).hasMessageContaining("17 digits");
        assertThatThrownBy(() -> new CreateOrder(
                                "a", "ann", List.of(new OrderItem("COFFEE", 1, BigDecimal.ONE)), number, "EUR", "DE")
                        .money())
                .hasMessageContaining("17 digits");
    }
}
