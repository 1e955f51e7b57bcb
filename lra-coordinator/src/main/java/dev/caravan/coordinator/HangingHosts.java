package dev.caravan.coordinator;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Hosts that did not answer several times in a row. They are called by one at a time until they answer, so that threads
 * that wait for them are there for the others. Thread-safe.
 */
final class HangingHosts {

    private static final int UNANSWERED_UNTIL_SUSPENDED = 3;

    private record Silence(int calls, Instant next) {}

    private final Clock steady;
    private final Duration pause;
    private final Map<String, Silence> silent = new ConcurrentHashMap<>();

    /** @param pause between two calls of a host that hangs; the time-out of a call or more */
    HangingHosts(Clock steady, Duration pause) {
        this.steady = steady;
        this.pause = pause;
    }

    /** @return whether this call may be made; if so for a host that hangs, no other may for the pause */
    boolean admit(URI uri) {
        boolean[] admitted = {true};
        silent.computeIfPresent(uri.getAuthority(), (host, silence) -> {
            if (silence.calls() < UNANSWERED_UNTIL_SUSPENDED) {
                return silence;
            }
            Instant now = steady.instant();
            admitted[0] = !now.isBefore(silence.next());
            return admitted[0] ? new Silence(silence.calls(), now.plus(pause)) : silence;
        });
        return admitted[0];
    }

    void answered(URI uri) {
        silent.remove(uri.getAuthority());
    }

    void notAnswered(URI uri) {
        silent.compute(
                uri.getAuthority(),
                (host, silence) -> new Silence(
                        silence == null ? 1 : silence.calls() + 1,
                        steady.instant().plus(pause)));
    }
}
