package dev.caravan.saga.monitoring;

import dev.caravan.saga.Step;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.state.Awaits;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepState;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What became of the steps of all sagas, by saga, step and version, and how long they took: counted from the entries that are
 * read of the log, each once. In memory, for as many steps as a person looks at. Thread-safe.
 */
final class StepFigures {

    private static final int MOST = 5_000;

    private final int most;
    private final Map<Key, Figure> figures = new LinkedHashMap<>();
    private @Nullable Instant since;
    private long leftOut;

    private record Key(String saga, @Nullable String version, String step) {}

    private static final class Figure {
        private final Map<StepStatus, Long> outcomes = new EnumMap<>(StepStatus.class);
        private final Durations durations = new Durations();
        private long joined;
        private long undone;
        private long givenUp;

        private long of(StepStatus outcome) {
            return outcomes.getOrDefault(outcome, 0L);
        }
    }

    StepFigures() {
        this(MOST);
    }

    /** @param most steps of sagas, in all; what there are more is left out and counted */
    StepFigures(int most) {
        this.most = most;
    }

    /** Takes in an entry that has changed a saga, or not. */
    synchronized void take(SagaState before, SagaLogEntry entry, SagaState after) {
        if (since == null) {
            since = entry.timestamp();
        }
        if (before.start() == null || before.ignored() != after.ignored()) {
            return;
        }
        stepOf(entry.event()).flatMap(after::step).ifPresent(now -> of(after, now)
                .ifPresent(figure -> count(figure, before, entry, now)));
    }

    private static Optional<Step> stepOf(SagaEvent event) {
        if (event instanceof SagaEvent.Enlist enlist) {
            return Optional.of(enlist.step());
        } else if (event instanceof SagaEvent.Success success) {
            return Optional.of(success.step());
        } else if (event instanceof SagaEvent.StepRejected rejected) {
            return Optional.of(rejected.step());
        } else if (event instanceof SagaEvent.StepUnknown unknown) {
            return Optional.of(unknown.step());
        } else if (event instanceof SagaEvent.StepTimeout timeout) {
            return Optional.of(timeout.step());
        } else if (event instanceof SagaEvent.StepEnd end) {
            return Optional.of(end.step());
        } else if (event instanceof Awaits.StepAnswered answer) {
            return Optional.of(answer.step());
        } else if (event instanceof SagaEvent.CompensateSuccess success) {
            return Optional.of(success.step());
        } else if (event instanceof SagaEvent.StepUndone undone) {
            return Optional.of(undone.step());
        } else if (event instanceof SagaEvent.StepCompensateFailed failed) {
            return Optional.of(failed.step());
        }
        return event instanceof SagaEvent.CompleteFail failed ? Optional.of(failed.step()) : Optional.empty();
    }

    private Optional<Figure> of(SagaState saga, StepState step) {
        Key key = new Key(saga.name(), saga.started().version(), step.step().name());
        Figure known = figures.get(key);
        if (known == null && figures.size() < most) {
            known = new Figure();
            figures.put(key, known);
        } else if (known == null) {
            leftOut++;
        }
        return Optional.ofNullable(known);
    }

    /** The first outcome of a step counts: what its later commands say changes how it is undone, and not how it went. */
    private static void count(Figure figure, SagaState before, SagaLogEntry entry, StepState now) {
        StepStatus was = before.step(now.step()).map(StepState::status).orElse(null);
        if (was == null) {
            figure.joined++;
        } else if (was == StepStatus.ENLISTED && isOutcome(now.status())) {
            figure.outcomes.merge(now.status(), 1L, Long::sum);
            figure.durations.add(Duration.between(now.enlistedAt(), entry.timestamp()));
        } else if (was != now.status() && now.status() == StepStatus.COMPENSATED) {
            figure.undone++;
        } else if (was != now.status() && now.status().wasGivenUp()) {
            figure.givenUp++;
        }
    }

    private static boolean isOutcome(StepStatus status) {
        return switch (status) {
            case SUCCEEDED, REJECTED, UNKNOWN, TIMED_OUT -> true;
            default -> false;
        };
    }

    /** Of the sagas of a name, in the order in which the steps were first met. */
    synchronized SagaMap of(String name) {
        List<StepFigure> steps = figures.entrySet().stream()
                .filter(known -> known.getKey().saga().equals(name))
                .map(known -> shown(known.getKey(), known.getValue()))
                .toList();
        return new SagaMap(name, since, leftOut, steps);
    }

    private static StepFigure shown(Key key, Figure figure) {
        Durations took = figure.durations;
        return new StepFigure(
                key.step(),
                key.version(),
                figure.joined,
                figure.of(StepStatus.SUCCEEDED),
                figure.of(StepStatus.REJECTED),
                figure.of(StepStatus.UNKNOWN),
                figure.of(StepStatus.TIMED_OUT),
                figure.undone,
                figure.givenUp,
                took.below(0.5),
                took.below(0.95),
                took.below(0.99));
    }
}
