package dev.caravan.saga.engine;

import static java.util.Objects.requireNonNull;

import dev.caravan.saga.state.SagaLog;
import dev.caravan.saga.time.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The engine of one instance, whole: what runs sagas, who owns them, who goes on with them after a crash, and what a
 * person or another instance can ask of them. It is put together in one way, by {@link #builder()}, and nothing of it is
 * changed afterwards.
 */
public final class SagaEngine implements AutoCloseable {

    private final SagaHost host;
    private final SagaOperator operator;
    private final SagaAnswers answers;

    private static final Duration KEY_RETENTION = Duration.ofHours(1);

    /** All that an engine is made of; none is {@code null}. */
    record Parts(
            String application,
            String instance,
            SagaLog log,
            CommandSender commands,
            Timers timers,
            SagaThreads threads,
            List<SagaListener> listeners,
            Function<SagaHost, Ownership> ownership,
            Function<SagaHost, SagaRecovery> recovery,
            Duration keyRetention,
            Intake intake,
            CorrectionPolicy corrections) {}

    private SagaEngine(Parts parts) {
        host = new SagaHost(parts);
        operator = new SagaOperator(host, host.requests());
        answers = new SagaAnswers(host);
    }

    /** An engine to be put together. */
    public static Builder builder() {
        return new Builder();
    }

    /** What runs the sagas. */
    public SagaHost host() {
        return host;
    }

    /**
     * Whose partitions these are: to be told which of them this instance gets and loses, and what is read of them.
     *
     * @throws IllegalStateException the engine was not built to own {@linkplain Builder#partitions partitions}
     */
    public OwnedPartitions partitions() {
        if (host.ownership() instanceof OwnedPartitions partitions) {
            return partitions;
        }
        throw new IllegalStateException("This engine owns no partitions: it was built with another ownership");
    }

    /** @throws ClassCastException the engine was built with a recovery of another type */
    public <R extends SagaRecovery> R recovery(Class<R> type) {
        return type.cast(host.recovery());
    }

    /** What a person can do with a saga. */
    public SagaOperator operator() {
        return operator;
    }

    /** What can be said to sagas whose steps wait. */
    public SagaAnswers answers() {
        return answers;
    }

    /** Nothing is asked of other instances' sagas any more. Log, timers and threads are closed by who gave them. */
    @Override
    public void close() {
        host.requests().close();
    }

    /** Takes the parts of an engine. Each of them has to be given, except listeners, the retention of keys, the intake and corrections. */
    public static final class Builder {

        private final List<SagaListener> listeners = new ArrayList<>();
        private @Nullable String application;
        private @Nullable String instance;
        private @Nullable SagaLog log;
        private @Nullable CommandSender commands;
        private @Nullable Timers timers;
        private @Nullable SagaThreads threads;
        private @Nullable Function<SagaHost, Ownership> ownership;
        private @Nullable Function<SagaHost, SagaRecovery> recovery;
        private Duration keyRetention = KEY_RETENTION;
        private Intake intake = Intake.OPEN;
        private CorrectionPolicy corrections = CorrectionPolicy.AT_ONCE;

        private Builder() {}

        /** Whose sagas run here; instances of one name share them, and it has to stay the same. */
        public Builder application(String name) {
            this.application = name;
            return this;
        }

        /** What this instance is called in the log, so that a person can tell it from others. */
        public Builder instance(String name) {
            this.instance = name;
            return this;
        }

        /** Where every event of a saga is written; closed by who gives it. */
        public Builder log(SagaLog sagaLog) {
            this.log = sagaLog;
            return this;
        }

        /** Brings commands to their participants. */
        public Builder commands(CommandSender sender) {
            this.commands = sender;
            return this;
        }

        /** The time, and what is to be done later. */
        public Builder timers(Timers sagaTimers) {
            this.timers = sagaTimers;
            return this;
        }

        /** Who works for whom. */
        public Builder threads(SagaThreads sagaThreads) {
            this.threads = sagaThreads;
            return this;
        }

        /**
         * Runs the sagas in those partitions of the log that it will be told of.
         *
         * @param ends is told of each end at least once
         */
        public Builder partitions(OwnedPartitions.Ends ends) {
            return ownership(host -> new OwnedPartitions(host, ends));
        }

        /** Runs the sagas that this says are its own; instead of {@link #partitions}. */
        public Builder ownership(Function<SagaHost, Ownership> which) {
            this.ownership = which;
            return this;
        }

        /** Goes on with sagas that were taken over. Made once, when the rest of the engine is there. */
        public Builder recovery(Function<SagaHost, SagaRecovery> maker) {
            this.recovery = maker;
            return this;
        }

        /** How long a saga keeps its key after its end; an hour, if this is not said. Less than the log keeps its entries. */
        public Builder keyRetention(Duration retention) {
            this.keyRetention = retention;
            return this;
        }

        /** How many sagas that were to begin later may begin together; any number, if this is not said. */
        public Builder intake(Intake ofStarts) {
            this.intake = ofStarts;
            return this;
        }

        /** When corrected data for a compensation is sent; at once, if this is not said. */
        public Builder corrections(CorrectionPolicy when) {
            this.corrections = when;
            return this;
        }

        /** These hear of every entry, in this order. */
        public Builder listeners(List<? extends SagaListener> all) {
            this.listeners.addAll(all);
            return this;
        }

        /** @throws IllegalStateException a part is missing; the text says which, and how to give it */
        public SagaEngine build() {
            Map<String, Object> parts = new LinkedHashMap<>();
            parts.put("application(...): whose sagas these are", application);
            parts.put("instance(...): what this instance is called in the log", instance);
            parts.put("log(...): where sagas are written down", log);
            parts.put("commands(...): what brings commands to participants", commands);
            parts.put("timers(...): the time", timers);
            parts.put("threads(...): who works", threads);
            parts.put("partitions(...) or ownership(...): which sagas run here", ownership);
            parts.put("recovery(...): who goes on with sagas after a crash", recovery);
            List<String> missing = parts.entrySet().stream()
                    .filter(part -> part.getValue() == null || "".equals(part.getValue()))
                    .map(Map.Entry::getKey)
                    .toList();
            if (!missing.isEmpty()) {
                throw new IllegalStateException("The engine cannot be built, it lacks " + String.join("; ", missing));
            }
            return new SagaEngine(new Parts(
                    requireNonNull(application),
                    requireNonNull(instance),
                    requireNonNull(log),
                    requireNonNull(commands),
                    requireNonNull(timers),
                    requireNonNull(threads),
                    List.copyOf(listeners),
                    requireNonNull(ownership),
                    requireNonNull(recovery),
                    keyRetention,
                    intake,
                    corrections));
        }
    }
}
