package dev.caravan.saga.spring;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.monitoring.SagaSummary;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One act upon many sagas: which are still to come, and what became of the others. Thread-safe. */
final class BulkAct {

    private static final int MOST_REFUSALS = 100;

    /** Of a saga of which what was asked is not done. */
    record Refusal(String sagaId, String detail) {}

    /**
     * How far an act is.
     *
     * @param state RUNNING, DONE or STOPPED
     * @param total sagas that it is about
     * @param accepted for which it is in the log; what they come to is in {@code byStatus}
     * @param refusals why sagas refused, of the first hundred
     * @param byStatus where the sagas of the act are now
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Progress(
            String id,
            String action,
            String who,
            String reason,
            String state,
            int total,
            int accepted,
            int refused,
            int perSecond,
            @JsonFormat(shape = JsonFormat.Shape.STRING) Instant startedAt,
            @JsonFormat(shape = JsonFormat.Shape.STRING) Instant endedAt,
            @Nullable String stoppedBy,
            List<Refusal> refusals,
            Map<SagaStatus, Long> byStatus) {}

    private final String id;
    private final BulkOrder order;
    private final String who;
    private final List<SagaId> sagas;
    private final Queue<SagaId> toCome;
    private final Clock clock;
    private final Instant startedAt;
    private final List<Refusal> refusals = new ArrayList<>();
    private int open;
    private int accepted;
    private int refused;
    private Instant endedAt;
    private @Nullable String stoppedBy;

    BulkAct(String id, BulkOrder order, String who, List<SagaId> sagas, Clock clock) {
        this.id = id;
        this.order = order;
        this.who = who;
        this.sagas = sagas;
        this.toCome = new ArrayDeque<>(sagas);
        this.clock = clock;
        this.startedAt = clock.instant();
        endIfDone();
    }

    String id() {
        return id;
    }

    BulkOrder order() {
        return order;
    }

    String who() {
        return who;
    }

    /** What is written to the log of each saga. */
    String why() {
        return "%s (act %s)".formatted(order.why(), id);
    }

    /** @return the saga whose turn it is; empty: none, or too many are at work */
    synchronized Optional<SagaId> next(int mostOpen) {
        if (open >= mostOpen || toCome.isEmpty()) {
            return Optional.empty();
        }
        open++;
        return Optional.of(toCome.remove());
    }

    /** @param failure {@code null}: the log has it */
    synchronized void became(SagaId saga, @Nullable Throwable failure) {
        open--;
        if (failure == null) {
            accepted++;
        } else {
            refused++;
            if (refusals.size() < MOST_REFUSALS) {
                refusals.add(new Refusal(saga.value(), String.valueOf(failure.getMessage())));
            }
        }
        endIfDone();
    }

    /** Nothing more begins; what is at work ends. */
    synchronized void stop(String by) {
        if (endedAt == null) {
            stoppedBy = by;
            toCome.clear();
            endIfDone();
        }
    }

    private void endIfDone() {
        if (endedAt == null && open == 0 && toCome.isEmpty()) {
            endedAt = clock.instant();
        }
    }

    synchronized boolean isRunning() {
        return endedAt == null;
    }

    /** @param line what the list knows of a saga */
    synchronized Progress progress(Function<SagaId, Optional<SagaSummary>> line) {
        Map<SagaStatus, Long> byStatus = new TreeMap<>();
        sagas.forEach(saga -> line.apply(saga).ifPresent(known -> byStatus.merge(known.status(), 1L, Long::sum)));
        return new Progress(
                id,
                order.action(),
                who,
                order.why(),
                endedAt == null ? "RUNNING" : stoppedBy == null ? "DONE" : "STOPPED",
                sagas.size(),
                accepted,
                refused,
                order.rate(),
                startedAt,
                endedAt,
                stoppedBy,
                List.copyOf(refusals),
                byStatus);
    }
}
