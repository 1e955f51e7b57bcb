package dev.caravan.saga.log;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.machine.CarriedState;
import dev.caravan.saga.message.MalformedMessageException;
import java.time.Instant;

/**
 * What an entry has to be beyond its JSON, so that whoever reads it can count with it: the fold adds to sequences and
 * epochs, metrics and lists subtract times.
 */
final class EntryRules {

    /** Leaves room for as many entries again. Also the largest whole number that JavaScript has. */
    private static final long LARGEST_SEQUENCE = 1L << 53;

    private static final int LARGEST_EPOCH = 1 << 30;
    private static final Instant EARLIEST = Instant.EPOCH;
    private static final Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");

    private EntryRules() {}

    /** @throws MalformedMessageException with a text that says what is wrong */
    static SagaLogEntry checked(SagaLogEntry entry) {
        if (entry.sequence() > LARGEST_SEQUENCE) {
            throw malformed("sequence %d is too large", entry.sequence());
        }
        if (entry.epoch() < 0 || entry.epoch() > LARGEST_EPOCH) {
            throw malformed("epoch %d is not between 0 and %d", entry.epoch(), LARGEST_EPOCH);
        }
        checkTime("timestamp", entry.timestamp());
        checkEvent(entry.sagaId(), entry.event());
        return entry;
    }

    private static void checkEvent(SagaId sagaId, SagaEvent event) {
        if (event instanceof SagaEvent.Request request) {
            checkEvent(sagaId, request.event());
        } else if (event instanceof SagaEvent.Snapshot snapshot) {
            CarriedState.flaw(snapshot.state(), sagaId).ifPresent(flaw -> {
                throw malformed("the state that it carries forward %s", flaw);
            });
            checkTime("startedAt", snapshot.state().startedAt());
            checkTime("updatedAt", snapshot.state().updatedAt());
            snapshot.state().steps().forEach(step -> {
                checkTime("enlistedAt of step " + step.step(), step.enlistedAt());
                checkTime("updatedAt of step " + step.step(), step.updatedAt());
            });
        }
    }

    private static void checkTime(String name, Instant time) {
        if (time.isBefore(EARLIEST) || time.isAfter(LATEST)) {
            throw malformed("%s %s is not between %s and %s", name, time, EARLIEST, LATEST);
        }
    }

    private static MalformedMessageException malformed(String text, Object... values) {
        return new MalformedMessageException("Not an entry of a saga log: " + text.formatted(values), null);
    }
}
