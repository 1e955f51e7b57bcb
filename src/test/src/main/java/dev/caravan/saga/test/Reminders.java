package dev.caravan.saga.test;

import dev.caravan.saga.engine.OwnedPartitions;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Keeps which steps were reminded of; the ends of sagas are told nobody. */
final class Reminders implements OwnedPartitions.Ends {

    private final List<String> steps = new ArrayList<>();

    @Override
    public CompletionStage<Void> tell(SagaState ended) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> remind(SagaState saga, StepState step) {
        steps.add(step.step().toString());
        return CompletableFuture.completedFuture(null);
    }

    List<String> steps() {
        return List.copyOf(steps);
    }
}
