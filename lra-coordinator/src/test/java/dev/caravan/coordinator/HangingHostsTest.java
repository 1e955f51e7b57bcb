package dev.caravan.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class HangingHostsTest {

    private static final URI HANGING = URI.create("http://hanging.example/compensate/1");
    private static final URI SAME_HOST = URI.create("http://hanging.example/complete/2");
    private static final URI OTHER_PORT = URI.create("http://hanging.example:8080/complete/2");

    private final SettableClock clock = new SettableClock();
    private final HangingHosts hosts = new HangingHosts(clock, Duration.ofSeconds(10));

    @Test
    void letsOneCallThroughPerPauseUntilTheHostAnswers() {
        hosts.notAnswered(HANGING);
        hosts.notAnswered(HANGING);
        assertThat(hosts.admit(HANGING)).isTrue();
        hosts.notAnswered(SAME_HOST);

        assertThat(hosts.admit(HANGING)).isFalse();
        assertThat(hosts.admit(OTHER_PORT)).isTrue();
        clock.addSeconds(10);
        assertThat(hosts.admit(SAME_HOST)).isTrue();
        assertThat(hosts.admit(HANGING)).isFalse();

        hosts.answered(SAME_HOST);
        assertThat(hosts.admit(HANGING)).isTrue();
        assertThat(hosts.admit(HANGING)).isTrue();
    }
}
