package dev.caravan.saga.test;

import dev.caravan.saga.test.SimulatedParticipants.Action;
import java.util.Locale;

/**
 * One way in which a saga can go wrong.
 *
 * @param command of the step that goes wrong, for instance {@code BookHotel}
 * @param how what the participant does instead of what it is asked for
 */
public record Failure(String command, Action how) {

    @Override
    public String toString() {
        return "%s %s".formatted(command, how.name().toLowerCase(Locale.ROOT));
    }
}
