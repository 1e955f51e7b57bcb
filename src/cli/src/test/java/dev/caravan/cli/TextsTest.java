package dev.caravan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextsTest {

    @Test
    void givesATerminalNoOrders() {
        assertThat(Texts.plain("a\u001b[2Jb\r\nc")).isEqualTo("a [2Jb  c");
        assertThat(Texts.plain("a\u009b2Jb\u202ec\u2028d")).isEqualTo("a 2Jb c d");
    }

    @Test
    void cutsNamesAndNeverAnId() {
        String id = "i".repeat(100);
        assertThat(Texts.table(List.of(List.of("SAGA", "NAME", "SAYS"), List.of(id, "n".repeat(173), "s".repeat(90)))))
                .last()
                .isEqualTo(id + "  " + "n".repeat(39) + "…  " + "s".repeat(90));
    }

    @Test
    void saysAges() {
        assertThat(Texts.age(Duration.ofSeconds(90))).isEqualTo("90 s");
        assertThat(Texts.age(Duration.ofMinutes(90))).isEqualTo("90 min");
        assertThat(Texts.age(Duration.ofHours(30))).isEqualTo("30 h");
        assertThat(Texts.age(Duration.ofDays(3))).isEqualTo("3 days");
    }
}
