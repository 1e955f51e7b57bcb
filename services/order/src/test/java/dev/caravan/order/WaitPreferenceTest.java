package dev.caravan.order;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WaitPreferenceTest {

    @ParameterizedTest
    @ValueSource(
            strings = {"wait=10", "respond-async, wait=10", "WAIT = \"10\"", "wait=10; foo=bar", "wait=10, wait=20"})
    void findsTheFirstWait(String header) {
        assertThat(WaitPreference.of(List.of(header))).contains(new WaitPreference(10));
    }

    @Test
    void looksAtEveryHeader() {
        assertThat(WaitPreference.of(List.of("respond-async", "wait=3")))
                .map(WaitPreference::applied)
                .contains("wait=3");
    }

    @Test
    void waitsForAMinuteAtMost() {
        assertThat(WaitPreference.of(List.of("wait=86400"))).contains(new WaitPreference(60));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "wait", "wait=", "wait=-1", "wait=soon", "await=5", "wait=1.5"})
    void ignoresWhatItCannotUnderstand(String header) {
        assertThat(WaitPreference.of(List.of(header))).isEmpty();
    }
}
