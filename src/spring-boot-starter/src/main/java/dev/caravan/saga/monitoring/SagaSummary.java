package dev.caravan.saga.monitoring;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.state.Awaiting;
import dev.caravan.saga.state.InternedNames;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepState;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A line of the list of sagas. Small, because there may be very many.
 *
 * @param name the saga's name: the id of the route that started it
 * @param key what the application calls it; may be {@code null}
 * @param reason why it failed, shortened; {@code null} while nothing went wrong
 * @param trouble what is being tried again, was given up, or waits for a person, shortened; {@code null}: nothing
 * @param awaits the step of which an answer is due next, and what it waits for; {@code START}: it begins at the deadline;
 *     {@code null}: none waits for days
 * @param awaitsSince since when
 * @param deadline until when
 * @param attributes what it can be found by: texts, numbers and booleans
 * @param parent the saga within which it began; {@code null}: none
 * @param application that runs it; {@code null}: it is not known
 * @param version of its route that it began with; {@code null}: the route said none
 * @param cause where it is, or what it is undone for
 * @param positions where those of its entries are in the log that were read
 */
public record SagaSummary(
        SagaId sagaId,
        String name,
        SagaStatus status,
        @Nullable String key,
        @Nullable String reason,
        @Nullable String trouble,
        @Nullable String awaits,
        @Nullable Instant awaitsSince,
        @Nullable Instant deadline,
        Instant startedAt,
        Instant updatedAt,
        Map<String, Object> attributes,
        @Nullable SagaId parent,
        @Nullable String application,
        @Nullable String version,
        Cause cause,
        Positions positions) {

    private static final int LONGEST_TEXT = 200;

    static SagaSummary of(SagaState state, Positions positions) {
        Wait waits = Wait.of(state);
        SagaEvent.Start start = state.started();
        return new SagaSummary(
                state.sagaId(),
                state.name().intern(),
                state.status(),
                start.key(),
                shortened(shown(state.reason(), state.sagaId())),
                trouble(state),
                waits.what(),
                waits.since(),
                waits.until(),
                Objects.requireNonNull(state.startedAt()),
                Objects.requireNonNull(state.updatedAt()),
                start.attributes(),
                start.parent(),
                start.application(),
                InternedNames.name(start.version()),
                Cause.of(state),
                positions);
    }

    /** What it waits for that may take days, if anything: an answer, or its own time. */
    private record Wait(
            @Nullable String what,
            @Nullable Instant since,
            @Nullable Instant until) {

        static Wait of(SagaState state) {
            if (state.isScheduled()) {
                return new Wait("START", state.startedAt(), state.started().at());
            }
            return state.awaiting().stream()
                    .min(Comparator.comparing(step -> awaiting(step).deadline()))
                    .map(step -> new Wait(
                            shortened("%s: %s"
                                    .formatted(step.step(), awaiting(step).command())),
                            awaiting(step).since(),
                            awaiting(step).deadline()))
                    .orElseGet(() -> new Wait(null, null, null));
        }

        private static Awaiting awaiting(StepState step) {
            return Objects.requireNonNull(step.awaiting());
        }
    }

    /** What is to be looked at, shortened; {@code null}: nothing. */
    static @Nullable String trouble(SagaState state) {
        return shortened(shown(said(state), state.sagaId()));
    }

    private static @Nullable String said(SagaState state) {
        if (state.status().isOver()) {
            return null;
        }
        for (StepState step : state.steps()) {
            if (step.status().wasGivenUp()) {
                return said(step, "");
            }
        }
        if (state.trouble() != null) {
            return state.trouble();
        }
        for (StepState step : state.steps()) {
            if (step.attempts() > 0 && isBeingTried(step.status(), state.status())) {
                return said(step, ", attempt " + step.attempts());
            }
        }
        return state.status() == SagaStatus.EXECUTING && state.reason() != null
                ? "waits for a person: " + state.reason()
                : null;
    }

    /** What a saga is at: its steps, one after the other, or undoing them, or making them final. */
    private static boolean isBeingTried(StepStatus step, SagaStatus saga) {
        return switch (saga) {
            case COMPENSATING -> step.needsCompensation();
            case COMPLETING -> step == StepStatus.SUCCEEDED;
            default -> step == StepStatus.ENLISTED;
        };
    }

    private static String said(StepState step, String attempt) {
        return step.step() + attempt + (step.error() == null ? "" : ": " + step.error());
    }

    /** Without the saga's id and the step's name, which stand before a message as often as it was passed on. */
    static @Nullable String shown(@Nullable String text, SagaId saga) {
        return text == null
                ? null
                : text.replaceAll("Saga " + Pattern.quote(saga.value()) + "(, step [^:]+)?: (?=.)", "");
    }

    private static @Nullable String shortened(@Nullable String text) {
        return text == null || text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "...";
    }
}
