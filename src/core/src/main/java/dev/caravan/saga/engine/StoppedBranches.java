package dev.caravan.saga.engine;

import dev.caravan.saga.state.SagaEvent;
import java.util.ArrayList;
import java.util.List;

/** What nodes divided, and a run of a saga's route gave up. Guarded by {@link RecordedRun}. */
final class StoppedBranches {

    private final List<Stopped> all = new ArrayList<>(1);

    private record Stopped(String path, String node) {}

    void clear() {
        all.clear();
    }

    void add(String path, String node) {
        all.add(new Stopped(path, node));
    }

    /** True for a step to which a route comes again that is run again, wherever its branch has come to an end. */
    boolean isToBeMet(SagaEvent.Enlist step) {
        String path = step.path();
        return path != null
                && BranchPaths.isCertain(path)
                && all.stream().noneMatch(given -> BranchPaths.isOf(path, given.path(), given.node()));
    }
}
