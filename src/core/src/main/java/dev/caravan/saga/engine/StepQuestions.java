package dev.caravan.saga.engine;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.state.RouteShape;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepAsked;
import dev.caravan.saga.state.StepState;
import dev.caravan.saga.state.StepTold;
import dev.caravan.saga.time.Timers;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/** What the participants hold of a step, by their own account. To ask has no effect on the saga or on them. */
final class StepQuestions {

    /** Who else knows the step has so long after the first answer. */
    private static final Duration OTHERS = Duration.ofSeconds(1);

    private final SagaRequests requests;
    private final Timers timers;

    StepQuestions(SagaRequests requests, Timers timers) {
        this.requests = requests;
        this.timers = timers;
    }

    CompletableFuture<List<StepTold>> ask(SagaId sagaId, Step step, String who, String reason, Duration patience) {
        return requests.state(sagaId).thenCompose(state -> {
            StepAsked asked = new StepAsked(step, UUID.randomUUID().toString(), commands(state, step), who, reason);
            Waiting waiting = new Waiting();
            return requests.ask(sagaId, asked, waiting::take)
                    .thenCompose(stop -> waiting.within(patience).whenComplete((answers, failure) -> stop.run()));
        });
    }

    private static List<String> commands(SagaState saga, Step step) {
        if (saga.status() == SagaStatus.INITIAL) {
            throw new IllegalArgumentException("There is no saga " + saga.sagaId());
        }
        StepState known = saga.step(step)
                .orElseThrow(
                        () -> new IllegalArgumentException("Saga %s has no step %s".formatted(saga.sagaId(), step)));
        Set<String> commands = new TreeSet<>(known.results().keySet());
        commands.addAll(known.failures().keySet());
        commands.addAll(known.sent().keySet());
        if (known.awaiting() != null) {
            commands.add(known.awaiting().command());
        }
        RouteShape route = saga.started().route();
        if (route != null) {
            commands.addAll(route.commandsOf(step.name()));
        }
        return List.copyOf(commands);
    }

    private final class Waiting {

        private final List<StepTold> answers = new CopyOnWriteArrayList<>();
        private final CompletableFuture<List<StepTold>> done = new CompletableFuture<>();
        private final AtomicBoolean isAnswered = new AtomicBoolean();

        private void take(StepTold answer) {
            answers.add(answer);
            if (isAnswered.compareAndSet(false, true)) {
                timers.schedule(OTHERS, this::end);
            }
        }

        private CompletableFuture<List<StepTold>> within(Duration patience) {
            Runnable cancel = timers.schedule(patience, this::end);
            return done.whenComplete((all, failure) -> cancel.run());
        }

        private void end() {
            done.complete(List.copyOf(answers));
        }
    }
}
