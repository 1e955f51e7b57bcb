package dev.caravan.benchmark;

import dev.caravan.saga.participant.Inbox;
import dev.caravan.saga.participant.PassThroughInbox;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/** Participants that only count what they did. Thread-safe. */
final class Effects implements ParticipantEffects {

    private final Map<OrderStep, LongAdder> done = counters();
    private final Map<OrderStep, LongAdder> undone = counters();

    private static Map<OrderStep, LongAdder> counters() {
        Map<OrderStep, LongAdder> counters = new EnumMap<>(OrderStep.class);
        for (OrderStep step : OrderStep.values()) {
            counters.put(step, new LongAdder());
        }
        return counters;
    }

    @Override
    public Inbox inbox() {
        return new PassThroughInbox();
    }

    @Override
    public void did(OrderStep step, String orderId) {
        done.get(step).increment();
    }

    @Override
    public void undid(OrderStep step, String orderId) {
        undone.get(step).increment();
    }

    /** What happened from an earlier point in time until a later one. */
    record Counts(Map<OrderStep, Long> done, Map<OrderStep, Long> undone) {

        Counts since(Counts before) {
            return new Counts(minus(done, before.done), minus(undone, before.undone));
        }

        private static Map<OrderStep, Long> minus(Map<OrderStep, Long> now, Map<OrderStep, Long> before) {
            Map<OrderStep, Long> difference = new EnumMap<>(now);
            difference.replaceAll((step, count) -> count - before.get(step));
            return difference;
        }

        /**
         * Create = pay = reserve = all, ship = all - rejected, cancel = refund = release = rejected; nothing was shipped
         * and taken back.
         *
         * @return what was lost or doubled; empty: nothing
         */
        Optional<String> violation(long sagas, long rejected) {
            for (OrderStep step : OrderStep.values()) {
                long wantedDone = step.isLast() ? sagas - rejected : sagas;
                long wantedUndone = step.isLast() ? 0 : rejected;
                if (done.get(step) != wantedDone || undone.get(step) != wantedUndone) {
                    return Optional.of("%s was done %d times and undone %d times, not %d and %d"
                            .formatted(step, done.get(step), undone.get(step), wantedDone, wantedUndone));
                }
            }
            return Optional.empty();
        }
    }

    @Override
    public Counts counts() {
        return new Counts(values(done), values(undone));
    }

    @Override
    public Duration cpu() {
        return Duration.ZERO;
    }

    @Override
    public void close() {
        // nothing is kept
    }

    private static Map<OrderStep, Long> values(Map<OrderStep, LongAdder> counters) {
        Map<OrderStep, Long> values = new EnumMap<>(OrderStep.class);
        counters.forEach((step, counter) -> values.put(step, counter.sum()));
        return values;
    }
}
