package dev.caravan.saga.test;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Does what is submitted as work of the instance that submits it. */
class WorldPool extends AbstractExecutorService {

    private final Supplier<World> world;

    WorldPool(Supplier<World> world) {
        this.world = world;
    }

    @Override
    public void execute(Runnable task) {
        Instance current = world.get().current();
        if (current == null) {
            task.run();
        } else {
            current.execute(task);
        }
    }

    @Override
    public void shutdown() {}

    @Override
    public List<Runnable> shutdownNow() {
        shutdown();
        return List.of();
    }

    @Override
    public boolean isShutdown() {
        return false;
    }

    @Override
    public boolean isTerminated() {
        return true;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return true;
    }
}
