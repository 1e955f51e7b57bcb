package dev.caravan.coordinator;

import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * The coordinator of this JVM: a store and its recovery.
 *
 * <p>The constructor opens the store and makes each LRA in it visible; the recovery passes begin with {@link #start}.
 * Both are before the web server accepts requests and before Camel starts its routes. {@link #stop} comes after the
 * web server has stopped: it lets the running callbacks end, at most for the participant time-out, and closes the
 * store. A process that is killed instead loses nothing that was answered.
 */
class LraCoordinator implements OpenLras, SmartLifecycle, ApplicationListener<WebServerInitializedEvent> {

    private static final Logger LOGGER = LoggerFactory.getLogger(LraCoordinator.class);
    private static final AtomicBoolean OPEN = new AtomicBoolean();

    private final LraCoordinatorProperties settings;
    private final StoreDirectory directory;
    private final ExecutorService replaying;
    private final HardenedRecovery recovery;
    private final int loaded;
    private final Runnable onPort;
    private final ScheduledThreadPoolExecutor passes =
            new ScheduledThreadPoolExecutor(1, new CustomizableThreadFactory("lra-recovery-passes-"));
    private volatile boolean started;
    private volatile boolean open = true;

    /**
     * Opens the store.
     *
     * @param onPort runs when the port is known
     * @throws StoreUnusableException if the directory cannot be written or another process uses it
     * @throws IllegalStateException if this JVM has a coordinator already
     */
    LraCoordinator(LraCoordinatorProperties settings, Clock clock, Runnable onPort) {
        if (!OPEN.compareAndSet(false, true)) {
            throw new IllegalStateException("This JVM has an LRA coordinator already, and can have only one at a time."
                    + " Close the application context that holds it first.");
        }
        this.settings = settings;
        this.onPort = onPort;
        passes.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        StoreDirectory locked = null;
        try {
            locked = StoreDirectory.lock(settings.storeDir());
            directory = locked;
            ParticipantClient.configure(
                    settings.participantTimeout(), new ParticipantHosts(settings.allowedParticipants()));
            replaying = Executors.newFixedThreadPool(
                    settings.recoveryThreads(), new CustomizableThreadFactory("lra-recovery-"));
            Replays replays = new Replays(
                    replaying,
                    this::later,
                    SteadyClock.OF_PROCESS,
                    settings.recoveryFirstDelay(),
                    settings.recoveryMaxDelay());
            recovery = NarayanaEnvironment.open(
                    directory.path(), settings, () -> new HardenedRecovery(replays, clock, settings.giveUpAfter()));
            loaded = recovery.load();
        } catch (RuntimeException e) {
            if (locked != null) {
                locked.close();
            }
            OPEN.set(false);
            throw e;
        }
    }

    @Override
    public void onApplicationEvent(WebServerInitializedEvent ready) {
        onPort.run();
        LOGGER.info(
                "LRA coordinator on port {}, store {}, {} LRAs not finished",
                ready.getWebServer().getPort(),
                directory.path().toAbsolutePath(),
                loaded);
    }

    @Override
    public synchronized void start() {
        started = true;
        long period = settings.recoveryPeriod().toNanos();
        passes.scheduleWithFixedDelay(this::pass, period, period, TimeUnit.NANOSECONDS);
    }

    @Override
    public synchronized void stop() {
        close();
    }

    /** Closes the store, also if the application context failed before it was started. */
    synchronized void close() {
        if (!open) {
            return;
        }
        open = false;
        try {
            end(passes);
            end(replaying);
            NarayanaEnvironment.close();
        } finally {
            directory.close();
            OPEN.set(false);
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return started && open;
    }

    /** Below the phase of the web server, {@code DEFAULT_PHASE - 2048}: started before it, stopped after it. */
    @Override
    public int getPhase() {
        return DEFAULT_PHASE - 3072;
    }

    HardenedRecovery recovery() {
        return recovery;
    }

    private void later(Runnable task, Duration delay) {
        try {
            passes.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOGGER.debug("The coordinator stops; the next one goes on", e);
        }
    }

    @Override
    public Map<String, Long> countByStatus() {
        return recovery.countByStatus();
    }

    @Override
    public long countFailed() {
        return open ? recovery.countFailed() : 0;
    }

    /** Runs a recovery pass now and returns when each LRA that is ending has been tried once. */
    void recover() {
        recovery.recover();
    }

    private void pass() {
        try {
            recovery.recoverWhatIsDue();
        } catch (RuntimeException e) {
            LOGGER.warn(
                    "A recovery pass of the LRA coordinator failed; the next one is in {}",
                    settings.recoveryPeriod(),
                    e);
        }
    }

    private void end(ExecutorService threads) {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(settings.participantTimeout().toMillis(), TimeUnit.MILLISECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
