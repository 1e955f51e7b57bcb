package dev.caravan.coordinator;

import dev.caravan.coordinator.log.CallSettings;
import dev.caravan.coordinator.log.KafkaLraLog;
import dev.caravan.coordinator.log.LoggedLras;
import dev.caravan.coordinator.log.Lra;
import dev.caravan.coordinator.log.LraTopic;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * The coordinator of kind {@code log} in this process. {@link #start} blocks until the log was read, before the web server
 * accepts requests; {@link #stop} comes after the web server has stopped, and leaves the partitions to other instances. A
 * process that is killed instead loses nothing that was answered.
 */
class LoggedLraCoordinator
        implements CoordinatorFilter, OpenLras, SmartLifecycle, ApplicationListener<WebServerInitializedEvent> {

    private static final Logger LOGGER = LoggerFactory.getLogger(LoggedLraCoordinator.class);
    private static final String BROKERS = "bootstrap.servers";
    private static final Duration HEALTHY = Duration.ofSeconds(2);

    private final LraCoordinatorProperties settings;
    private final Map<String, String> kafka;
    private final Clock clock;
    private final Runnable onPort;
    private volatile Running running;

    private record Running(LoggedLras lras, LoggedLraRequests requests, ScheduledThreadPoolExecutor timers) {}

    /**
     * @param application how the application reaches Kafka: so does the coordinator, unless it has brokers of its own
     * @param onPort runs when the port is known
     */
    LoggedLraCoordinator(
            LraCoordinatorProperties settings, Map<String, String> application, Clock clock, Runnable onPort) {
        this.settings = settings;
        this.clock = clock;
        this.onPort = onPort;
        this.kafka = new HashMap<>(settings.log().kafka());
        if (!kafka.containsKey(BROKERS)) {
            application.forEach(kafka::putIfAbsent);
        }
        if (!kafka.containsKey(BROKERS)) {
            throw new IllegalArgumentException("caravan.lra.coordinator.log.kafka." + BROKERS
                    + " is not set: an LRA coordinator of kind log keeps its LRAs in Kafka");
        }
    }

    @Override
    public synchronized void start() {
        LraCoordinatorProperties.Log log = settings.log();
        ParticipantClient.configure(
                settings.participantTimeout(), new ParticipantHosts(settings.allowedParticipants()));
        LraTopic.ensure(kafka, log.topic(), log.partitions());
        ScheduledThreadPoolExecutor timers =
                new ScheduledThreadPoolExecutor(1, new CustomizableThreadFactory("lra-timers-"));
        timers.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        LoggedLras lras = new LoggedLras(
                new KafkaLraLog(kafka, log.topic(), log.group()),
                clock,
                SteadyClock.OF_PROCESS,
                (task, delay) -> {
                    try {
                        timers.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
                    } catch (RejectedExecutionException e) {
                        LOGGER.debug("The coordinator stops; another one goes on", e);
                    }
                },
                UUID.randomUUID().toString(),
                new CallSettings(
                        (method, uri, headers, body) -> ParticipantClient.call(
                                        method, uri, withType(headers, body), body)
                                .answer(),
                        settings.participantTimeout(),
                        settings.recoveryFirstDelay(),
                        settings.recoveryMaxDelay(),
                        settings.giveUpAfter(),
                        settings.recoveryThreads()));
        lras.open();
        running = new Running(lras, new LoggedLraRequests(lras, clock, settings.participantTimeout()), timers);
    }

    private static Map<String, String> withType(Map<String, String> headers, String body) {
        if (body != null) {
            headers.put("Content-Type", "text/plain");
        }
        return headers;
    }

    @Override
    public synchronized void stop() {
        Running ending = running;
        running = null;
        if (ending != null) {
            ending.timers().shutdown();
            ending.lras().close();
        }
    }

    @Override
    public boolean isRunning() {
        return running != null;
    }

    @Override
    public boolean canWrite() {
        Running now = running;
        try {
            return now != null && now.lras().hasRead(HEALTHY);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Below the phase of the web server, {@code DEFAULT_PHASE - 2048}: started before it, stopped after it. */
    @Override
    public int getPhase() {
        return DEFAULT_PHASE - 3072;
    }

    @Override
    public void onApplicationEvent(WebServerInitializedEvent ready) {
        onPort.run();
        LOGGER.info(
                "LRA coordinator on port {}, log {} at {}, {} LRAs not finished",
                ready.getWebServer().getPort(),
                settings.log().topic(),
                kafka.get(BROKERS),
                all().size());
    }

    @Override
    public void filter(CoordinatorRequest request, Next next) throws IOException, ServletException {
        Running now = running;
        if (now == null) {
            request.answer(503, "The coordinator does not run");
        } else {
            now.requests().filter(request, next);
        }
    }

    @Override
    public Map<String, Long> countByStatus() {
        return all().stream()
                .filter(lra -> !lra.isFailed())
                .collect(Collectors.groupingBy(lra -> lra.status().name(), Collectors.counting()));
    }

    @Override
    public long countFailed() {
        return all().stream().filter(Lra::isFailed).count();
    }

    private List<Lra> all() {
        Running now = running;
        return now == null ? List.of() : now.lras().all();
    }
}
