package dev.caravan.shop.crash;

import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;

/** Who decides how a saga ends. */
public enum Mode {
    LRA("--caravan.coordinator=lra"),
    LOG("--caravan.coordinator=log", "--caravan.lra.coordinator.embedded=false");

    private static final Duration STEP_TIMEOUT = Duration.ofSeconds(120);

    /** Of a saga in which everything is waited for by somebody: a step's time-out, and as long for what holds that up. */
    static final Duration LONGEST_WAIT = STEP_TIMEOUT.multipliedBy(2);

    private final String[] settings;

    Mode(String... settings) {
        this.settings = settings;
    }

    /** With a time-out that a good step meets on the slowest of machines. */
    String[] settings(String brokers, String... more) {
        return settings(STEP_TIMEOUT, brokers, more);
    }

    /** With a time-out of steps whose service is away for as long as a test wants. */
    String[] settings(Duration stepTimeout, String brokers, String... more) {
        return Stream.of(
                        Stream.of(
                                "--camel.component.kafka.brokers=" + brokers,
                                "--order.saga.step-timeout=" + stepTimeout.toSeconds() + "s",
                                "--caravan.compensation.initial-delay=200ms"),
                        Arrays.stream(settings),
                        Arrays.stream(more))
                .flatMap(parts -> parts)
                .toArray(String[]::new);
    }
}
