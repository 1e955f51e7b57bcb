package dev.caravan.saga.state;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.message.MalformedMessageException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What an entry has to be beyond its JSON, so that whoever reads it can count with it: the fold adds to sequences and
 * epochs, metrics and lists subtract times.
 */
final class EntryRules {

    /** The largest whole number that JavaScript has. A reader may begin at a half of it: it has room to go on. */
    private static final long LARGEST_SEQUENCE = 1L << 53;

    private static final int LARGEST_EPOCH = 1 << 30;
    private static final int MOST_PARTS = 10_000;
    private static final Instant EARLIEST = Instant.EPOCH;
    private static final Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");

    private EntryRules() {}

    /** @throws MalformedMessageException with a text that says what is wrong */
    static SagaLogEntry checked(SagaLogEntry entry) {
        int share =
                entry.event() instanceof SagaEvent.Snapshot || entry.event() instanceof SagaEvent.SnapshotPart ? 2 : 1;
        if (entry.sequence() > LARGEST_SEQUENCE / share) {
            throw malformed("sequence %d is too large", entry.sequence());
        }
        if (entry.epoch() < 0 || entry.epoch() > LARGEST_EPOCH / share) {
            throw malformed("epoch %d is negative or too large", entry.epoch());
        }
        checkTime("timestamp", entry.timestamp());
        checkEvent(entry.sagaId(), entry.event());
        return entry;
    }

    private static void checkEvent(SagaId sagaId, SagaEvent event) {
        if (event instanceof SagaEvent.Request request) {
            checkEvent(sagaId, request.event());
        } else if (event instanceof SagaEvent.Start start) {
            checkAt(start);
        } else if (event instanceof Awaits.StepAwaits awaits) {
            checkTime("deadline", awaits.deadline());
        } else if (event instanceof SagaEvent.Snapshot snapshot) {
            CarriedState.flaw(snapshot.state(), sagaId).ifPresent(flaw -> {
                throw malformed("the state that it carries forward %s", flaw);
            });
            checkTimes(snapshot.state());
        } else if (event instanceof SagaEvent.SnapshotPart part
                && (part.part() < 0 || part.part() >= part.parts() || part.parts() > MOST_PARTS)) {
            throw malformed("part %d of %d", part.part(), part.parts());
        }
    }

    private static void checkTimes(SagaState state) {
        checkTime("startedAt", state.startedAt());
        checkTime("updatedAt", state.updatedAt());
        checkAt(state.started());
        state.steps().forEach(step -> {
            checkTime("enlistedAt of step " + step.step(), step.enlistedAt());
            checkTime("updatedAt of step " + step.step(), step.updatedAt());
            if (step.awaiting() != null) {
                checkTime("since of step " + step.step(), step.awaiting().since());
                checkTime("deadline of step " + step.step(), step.awaiting().deadline());
            }
        });
    }

    /** True for a state that is whole, and whose times one can count with. */
    static boolean hasTimes(SagaState state) {
        try {
            checkTimes(state);
            return true;
        } catch (MalformedMessageException e) {
            return false;
        }
    }

    private static void checkAt(SagaEvent.Start start) {
        if (start.at() != null) {
            checkTime("at", start.at());
        }
    }

    private static void checkTime(String name, @Nullable Instant time) {
        if (time == null || time.isBefore(EARLIEST) || time.isAfter(LATEST)) {
            throw malformed("%s %s is not between %s and %s", name, time, EARLIEST, LATEST);
        }
    }

    private static MalformedMessageException malformed(String text, @Nullable Object... values) {
        return new MalformedMessageException("Not an entry of a saga log: " + text.formatted(values), null);
    }
}
