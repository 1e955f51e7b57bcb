package dev.caravan.saga.test;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
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
        return new WorldPool(world);
    }

    @Override
    public ExecutorService newThreadPool(ThreadPoolProfile profile, ThreadFactory factory) {
        return new WorldPool(world);
    }

    @Override
    public ScheduledExecutorService newScheduledThreadPool(ThreadPoolProfile profile, ThreadFactory threadFactory) {
        return new WorldScheduler(world, () -> super.newScheduledThreadPool(profile, threadFactory));
    }
}
