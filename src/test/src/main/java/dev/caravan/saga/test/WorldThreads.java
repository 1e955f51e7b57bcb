package dev.caravan.saga.test;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.camel.spi.ThreadPoolProfile;
import org.apache.camel.support.DefaultThreadPoolFactory;

/** Camel's thread pools in a {@link World}: what is submitted to them is work of the instance that submits it. */
public final class WorldThreads extends DefaultThreadPoolFactory {

    private final Supplier<World> world;

    public WorldThreads(Supplier<World> world) {
        this.world = world;
    }

    @Override
    public ExecutorService newCachedThreadPool(ThreadFactory threadFactory) {
        return new Pool();
    }

    @Override
    public ExecutorService newThreadPool(ThreadPoolProfile profile, ThreadFactory factory) {
        return new Pool();
    }

    private final class Pool extends AbstractExecutorService {

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
}
