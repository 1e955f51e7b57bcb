package dev.caravan.saga.monitoring;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepState;
import java.time.Instant;
import java.util.Comparator;

/**
 * A line of the list of sagas. Small, because there may be very many.
 *
 * @param name the saga's name: the id of the route that started it
 * @param key what the application calls it; may be {@code null}
 * @param reason why it failed, shortened; {@code null} while nothing went wrong
 * @param trouble what is being tried again, or waits for a person, shortened; {@code null}: nothing
 * @param awaits the step of which an answer is due next, and what it waits for; {@code null}: none waits for days
 * @param awaitsSince since when
 * @param deadline until when
 * @param parent the saga within which it began; {@code null}: none
 * @param first where its first entry is in the log
 * @param last where its last entry is in the log; the largest number while it may go on
 */
public record SagaSummary(
        SagaId sagaId,
        String name,
        SagaStatus status,
        String key,
        String reason,
        String trouble,
        String awaits,
        Instant awaitsSince,
        Instant deadline,
        Instant startedAt,
        Instant updatedAt,
        SagaId parent,
        long first,
        long last) {

    private static final int LONGEST_TEXT = 200;

    static SagaSummary of(SagaState state, long first, long last) {
        StepState waits = state.awaiting().stream()
                .min(Comparator.comparing(step -> step.awaiting().deadline()))
                .orElse(null);
        return new SagaSummary(
                state.sagaId(),
                state.name().intern(),
                state.status(),
                state.start().key(),
                shortened(state.reason()),
                state.status().isTerminal() ? null : trouble(state),
                waits == null
                        ? null
                        : shortened("%s: %s"
                                .formatted(waits.step(), waits.awaiting().command())),
                waits == null ? null : waits.awaiting().since(),
                waits == null ? null : waits.awaiting().deadline(),
                state.startedAt(),
                state.updatedAt(),
                state.start().parent(),
                first,
                last);
    }

    private static String trouble(SagaState state) {
        for (StepState step : state.steps()) {
            if (step.attempts() > 0 && isBeingTried(step)) {
                return shortened("%s, attempt %d: %s".formatted(step.step(), step.attempts(), step.error()));
            }
        }
        return state.status() == SagaStatus.EXECUTING && state.reason() != null
                ? shortened("waits for a person: " + state.reason())
                : null;
    }

    private static boolean isBeingTried(StepState step) {
        return step.status() != StepStatus.COMPENSATED && step.status() != StepStatus.COMPLETED;
    }

    private static String shortened(String text) {
        return text == null || text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "...";
    }
}
