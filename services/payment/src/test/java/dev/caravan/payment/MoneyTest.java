package dev.caravan.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MoneyTest {

    @Test
    void hasTwoDecimals() {
        assertThat(new Money(new BigDecimal("1E+1"), "EUR")).hasToString("10.00 EUR");
        assertThat(new Money(new BigDecimal("1.5000"), "EUR")).isEqualTo(new Money(new BigDecimal("1.5"), "EUR"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-0.01", "0.001"})
    void refusesWhatIsNoAmount(String amount) {
        assertThatThrownBy(() -> new Money(new BigDecimal(amount), "EUR"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(amount);
    }

    @Timeout(value = 10, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    @ParameterizedTest
    @ValueSource(
            strings = {"1e200000000", "1e-200000000", "0e200000000", "1e17", "123456789012345678", "-1e2000000000"})
    void refusesANumberThatIsShortToSendAndLongToComputeWith(String amount) {
        assertThatThrownBy(() -> new Money(new BigDecimal(amount), "EUR"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("17 digits");
    }

    @Test
    void refusesWhatIsNoCurrency() {
        assertThatThrownBy(() -> new Money(BigDecimal.ONE, "euro")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Money(BigDecimal.ONE, null)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void neverShowsACardNumber() {
        String card = "4242424242424242";
        assertThat(new ProcessPayment("a", BigDecimal.ONE, "EUR", null, null, card).toString())
                .doesNotContain(card);
        assertThat(new SandboxPaymentGateway.TokenRequest(card).toString()).doesNotContain(card);
        assertThat(new SandboxPaymentGateway.ChargeRequest(BigDecimal.ONE, "EUR", null, card).toString())
                .doesNotContain(card);
    }

    @Test
    void aTokenOfTheSandboxHasTheLastDigitsOfTheCardAlone() {
        String token = SandboxCardToken.of("4000000000000119");

        assertThat(token).matches("tok_flaky_0119_[0-9a-f]{32}").isNotEqualTo(SandboxCardToken.of("4000000000000119"));
        assertThat(SandboxCardToken.read(token).card()).isEqualTo(SandboxCard.FLAKY);
        assertThat(SandboxCardToken.read(token).last4()).isEqualTo("0119");
        assertThat(SandboxCardToken.read(SandboxCardToken.of("5555555555554444"))
                        .card())
                .isEqualTo(SandboxCard.GOOD);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "tok",
                "tok_good_4242_",
                "tok_golden_4242_00000000000000000000000000000000",
                "4242424242424242"
            })
    void refusesATokenThatTheSandboxHasNotGiven(String token) {
        assertThatThrownBy(() -> SandboxCardToken.read(token)).isInstanceOf(IllegalArgumentException.class);
    }
}
