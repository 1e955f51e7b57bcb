package dev.caravan.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.springframework.web.ErrorResponseException;

class RequestKeyTest {

    @Test
    void isTheParameterOrTheHeader() {
        assertThat(RequestKey.of("A", null)).contains("A");
        assertThat(RequestKey.of(null, "\"A\"")).contains("A");
        assertThat(RequestKey.of("A", "\"A\"")).contains("A");
        assertThat(RequestKey.of(" ", "")).isEmpty();
    }

    @Test
    void readsAStringOfAStructuredField() {
        assertThat(RequestKey.of(null, " \"a \\\"b\\\" \\\\c\" ")).contains("a \"b\" \\c");
        assertThat(RequestKey.of(null, "8e03978e-40d5")).contains("8e03978e-40d5");
    }

    @Test
    void refusesWhatIsNoOneKey() {
        assertThatThrownBy(() -> RequestKey.of("A", "B"))
                .isInstanceOf(ErrorResponseException.class)
                .hasMessageContaining("differ");
        assertThatThrownBy(() -> RequestKey.of(null, "\"")).hasMessageContaining("quote");
        assertThatThrownBy(() -> RequestKey.of("k".repeat(256), null)).hasMessageContaining("255");
    }
}
