package dev.caravan.saga.test;

import dev.caravan.saga.camel.LogSagaService;
import dev.caravan.saga.camel.OnlyService;
import dev.caravan.saga.camel.SagaKeys;
import dev.caravan.saga.camel.SagaStarter;
import dev.caravan.saga.camel.StartedSaga;
import dev.caravan.saga.camel.StepCallbacks;
import dev.caravan.saga.camel.StepKinds;
import dev.caravan.saga.engine.OwnedPartitions;
import dev.caravan.saga.engine.SagaAnswers;
import dev.caravan.saga.engine.SagaEngine;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.engine.SagaThreads;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.test.SagaScenario.RouteSource;
import dev.caravan.saga.time.Backoff;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.apache.camel.Component;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.AsyncProcessorAwaitManager;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.PropertyBindingSupport;
import org.apache.camel.support.ResourceHelper;
import org.jspecify.annotations.Nullable;

/** The routes of a scenario in one instance of their application, which owns the one partition of the log. */
final class RunningRoutes {

    private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(8), 5);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final World world;
    private final SimulatedLog log;
    private final Instance instance;
    private final SagaHost host;
    private final SagaAnswers answers;
    private final OwnedPartitions owned;
    private final DefaultCamelContext context = new DefaultCamelContext();
    private @Nullable String hung;

    private RunningRoutes(
            Instance instance,
            SimulatedLog log,
            SimulatedParticipants participants,
            String application,
            OwnedPartitions.Ends ends)
            throws Exception {
        this.instance = instance;
        this.world = instance.world();
        this.log = log;
        SagaEngine engine = SagaEngine.builder()
                .application(application)
                .instance(instance.toString())
                .log(log.of(instance))
                .commands(participants.of(instance))
                .timers(instance)
                .threads(SagaThreads.of(instance))
                .partitions(ends)
                .recovery(sagas -> new LogSagaService(
                        context, sagas, new StepCallbacks(context, sagas, BACKOFF), TIMEOUT, TIMEOUT, 0))
                .build();
        host = engine.host();
        answers = engine.answers();
        owned = engine.partitions();
        context.getCamelContextExtension()
                .addContextPlugin(AsyncProcessorAwaitManager.class, new WorldAwait(instance, this::hangs));
        context.getExecutorServiceManager().setThreadPoolFactory(new WorldThreads(() -> world));
        context.setShutdownStrategy(new ImmediateShutdown(context));
        context.getRegistry().bind("sagaHost", host);
        context.getRegistry().bind("sagaAnswers", answers);
        context.getRegistry().bind("sagaKeys", SagaKeys.inLog(host));
        context.addService(engine.recovery(LogSagaService.class));
        doNotWaitForMissingRoutes();
    }

    private void hangs(String sentence) {
        hung = sentence;
    }

    /** @throws AssertionError a route of this instance waited for what never comes */
    void checkForHangs() {
        if (hung != null) {
            throw new AssertionError(hung);
        }
    }

    /** Camel would wait half a minute for a compensation that is not there, each time. */
    private void doNotWaitForMissingRoutes() {
        Component direct = context.getComponent("direct");
        if (direct != null) {
            PropertyBindingSupport.build()
                    .withCamelContext(context)
                    .withTarget(direct)
                    .withProperty("block", false)
                    .bind();
        }
    }

    /** The routes of files that Camel's loaders can read. */
    static RouteSource ofFiles(String... files) {
        return context -> {
            List<Resource> resources = new ArrayList<>();
            for (String file : files) {
                resources.add(ResourceHelper.resolveMandatoryResource(context, file));
            }
            PluginHelper.getRoutesLoader(context).loadRoutes(resources);
        };
    }

    /**
     * Starts the routes.
     *
     * @throws IllegalStateException the routes cannot be started
     */
    static RunningRoutes start(
            Instance instance,
            SimulatedLog log,
            SimulatedParticipants participants,
            String application,
            OwnedPartitions.Ends ends,
            RouteSource routes,
            Properties properties) {
        try {
            RunningRoutes running = new RunningRoutes(instance, log, participants, application, ends);
            running.context.getPropertiesComponent().setOverrideProperties(properties);
            routes.addTo(running.context);
            running.context.start();
            OnlyService.check(running.context);
            StepKinds.check(running.context, true);
            return running;
        } catch (Exception e) {
            throw new IllegalStateException("The routes cannot be started: " + e.getMessage(), e);
        }
    }

    /** Reads the log, and resumes the application's sagas that are in flight. */
    void takeOver() {
        world.as(instance, () -> {
            owned.gained(0, 0, log.end(0));
            log.read(instance, 0, 0, (entry, offset) -> owned.read(0, offset, entry));
        });
        world.run();
    }

    Instance instance() {
        return instance;
    }

    StartedSaga startSaga(String endpoint, Object body) {
        StartedSaga[] started = new StartedSaga[1];
        world.as(instance, () -> started[0] = new SagaStarter(context).start(endpoint, body, null, Map.of()));
        return started[0];
    }

    void deliver(SagaReply reply) {
        world.as(instance, () -> host.deliver(reply));
    }

    /**
     * Says something to a saga that runs here.
     *
     * @throws IllegalStateException it has no effect; the text says why
     */
    void say(Function<SagaAnswers, CompletableFuture<Void>> what) {
        List<CompletableFuture<Void>> said = new ArrayList<>();
        world.as(instance, () -> said.add(what.apply(answers)));
        world.run();
        try {
            said.forEach(done -> done.getNow(null));
        } catch (CompletionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            throw new IllegalStateException(cause.getMessage(), cause);
        }
    }

    /** How many exchanges are in its memory. */
    int exchanges() {
        return context.getInflightRepository().size();
    }

    /** How many sagas are in its memory. */
    long size() {
        return instance.isAlive() ? host.size() : 0;
    }

    void stop() {
        context.stop();
    }
}
