package dev.caravan.saga;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class StepTest {

    @ParameterizedTest
    @CsvSource({"PROCESS_PAYMENT,1,PROCESS_PAYMENT", "PROCESS_PAYMENT,2,PROCESS_PAYMENT#2", "A,999999999,A#999999999"})
    void isWrittenWithItsOccurrenceFromTheSecondOn(String name, int occurrence, String text) {
        Step step = new Step(name, occurrence);

        assertThat(step).hasToString(text);
        assertThat(Step.parse(text)).isEqualTo(step);
    }

    @Test
    void isTheSameStepWithItsFirstOccurrenceWrittenOut() {
        assertThat(Step.parse("PAY#1")).isEqualTo(new Step("PAY", 1)).hasToString("PAY");
    }

    @ParameterizedTest
    @NullAndEmptySource
    @ValueSource(
            strings = {"pay", "PAY ", "PAY#", "PAY#0", "PAY#-1", "PAY#01", "PAY#1#2", "#2", "PAY-BACK", "PAY#9999999999"
            })
    void refusesATextThatIsNoStep(String text) {
        assertThatThrownBy(() -> Step.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Not a step: '%s'. Expected NAME or NAME#2", text);
    }

    @ParameterizedTest
    @CsvSource(
            value = {"null,1", "PAY#2,1", "pay,1", "PAY,0", "PAY,-1"},
            nullValues = "null")
    void refusesPartsThatMakeNoStep(String name, int occurrence) {
        assertThatThrownBy(() -> new Step(name, occurrence))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("Not a step: name '%s', occurrence %d", name, occurrence);
    }

    @Test
    void hasANameOfAtMostOneHundredCharacters() {
        assertThat(new Step("A".repeat(100), 1).name()).hasSize(100);
        assertThatThrownBy(() -> new Step("A".repeat(101), 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
