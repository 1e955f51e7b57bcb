package dev.caravan.shop.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.shop.Invariants;
import dev.caravan.shop.ShopClient;
import dev.caravan.shop.ShopDatabase;
import dev.caravan.testing.HangLimit;
import dev.caravan.testing.ThreeBrokers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.IntFunction;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/** Three brokers, three orchestrators, the services on one database and, in mode lra, the coordinator, under a load of orders. */
final class Cluster implements AutoCloseable {

    private static final int ORDERS_EVERY_SECONDS = 4;

    final Mode mode;
    final Random random = new Random(1);
    final ThreeBrokers brokers;
    final @Nullable Postgres postgres;
    final Coordinator coordinator;
    final Services services;
    final Customers customers;
    final List<Orchestrator> orchestrators = new ArrayList<>();
    private final AtomicInteger next = new AtomicInteger();
    private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(1);

    /** Each orchestrator finds all others by the shortest way. */
    Cluster(
            Mode mode,
            Path directory,
            ThreeBrokers brokers,
            Coordinator coordinator,
            @Nullable Postgres postgres,
            String... ofOrchestrators) {
        this(
                mode,
                directory,
                brokers,
                coordinator,
                postgres,
                number -> new Addresses(brokers.addresses(), coordinator.port()),
                ofOrchestrators);
    }

    /** What is done to a cluster. */
    interface Act {

        String name();

        void on(Cluster cluster);
    }

    /** Where an orchestrator finds others. */
    record Addresses(String brokers, int coordinator) {}

    /**
     * @param postgres of the services; {@code null}: they have H2
     * @param addresses for each orchestrator, by its number
     */
    Cluster(
            Mode mode,
            Path directory,
            ThreeBrokers brokers,
            Coordinator coordinator,
            @Nullable Postgres postgres,
            IntFunction<Addresses> addresses,
            String... ofOrchestrators) {
        this.mode = mode;
        this.brokers = brokers;
        this.coordinator = coordinator;
        this.postgres = postgres;
        services = new Services(directory, brokers.addresses(), postgres == null ? List.of() : postgres.settings());
        customers = new Customers((order, key) ->
                orchestrators.get(next.getAndIncrement() % orchestrators.size()).start(order, key));
        if (mode == Mode.LRA) {
            coordinator.start();
        }
        for (int number = 0; number < 3; number++) {
            List<String> settings = new ArrayList<>(List.of(
                    "--caravan.session-timeout=6s",
                    "--caravan.lra.coordinator.embedded=false",
                    "--caravan.lra.callback-secret=known to all of them",
                    "--camel.lra.coordinator-url=http://localhost:"
                            + addresses.apply(number).coordinator()));
            settings.addAll(List.of(ofOrchestrators));
            orchestrators.add(new Orchestrator(
                            orchestrator(directory, number),
                            mode.settings(addresses.apply(number).brokers(), settings.toArray(String[]::new)))
                    .launch());
        }
        services.start();
        orchestrators.forEach(Orchestrator::ready);
    }

    /** Where an orchestrator works. */
    static Path orchestrator(Path directory, int number) {
        return directory.resolve("orchestrator-" + number);
    }

    /** Until each broker has again what the others have. */
    void awaitReplicas() {
        try (Admin admin = brokers.admin()) {
            await().ignoreExceptions()
                    .until(() ->
                            admin
                                    .describeTopics(admin.listTopics().names().get())
                                    .allTopicNames()
                                    .get()
                                    .values()
                                    .stream()
                                    .flatMap(topic -> topic.partitions().stream())
                                    .allMatch(part ->
                                            part.isr().size() == part.replicas().size()));
        }
    }

    /** One after another, while orders come in; then every order has ended as its data say, and nowhere else is anything left. */
    void endsAllOrdersDuring(String test, List<? extends Act> acts) {
        endsAllDuring(test, acts, Aftermath::allEndAsTheirDataSay);
    }

    /** As {@link #endsAllOrdersDuring}, but good orders may be undone: steps fail for longer than they are tried. */
    void endsOrUndoesAllOrdersDuring(String test, List<? extends Act> acts) {
        endsAllDuring(test, acts, Aftermath::allEndAsTheirDataSayOrUndone);
    }

    private void endsAllDuring(
            String test, List<? extends Act> acts, BiConsumer<Aftermath, List<Customers.Accepted>> check) {
        clock.scheduleAtFixedRate(
                () -> customers.place(Customers.sixteen(random)), 0, ORDERS_EVERY_SECONDS, TimeUnit.SECONDS);
        for (Act act : acts) {
            Instant begin = Instant.now();
            act.on(this);
            say("%s, mode %s: %s took %s", test, mode, act.name(), Duration.between(begin, Instant.now()));
        }
        stopPlacing();

        List<Customers.Accepted> accepted = customers.accepted();
        Aftermath aftermath = Aftermath.in(brokers.addresses()).compensationsRanInReverseOrder();
        check.accept(aftermath, accepted);
        Aftermath.needNobody(orchestrators.stream().map(Orchestrator::client).toArray(ShopClient[]::new));
        ShopDatabase tables = postgres == null ? services.databaseAtTheEnd() : ShopDatabase.of(postgres.dataSource());
        say(
                "%s, mode %s: orders accepted %d, sagas completed %d, compensated %d, failed %d, taken over %d, longest %s;"
                        + " disagreeing %d",
                test,
                mode,
                accepted.size(),
                aftermath.ended("COMPLETED"),
                aftermath.ended("COMPENSATED"),
                aftermath.ended("FAILED"),
                aftermath.takenOver(),
                aftermath.longest(),
                aftermath.disagreeing(tables));
        assertThat(aftermath.waitedForTooLong())
                .as("sagas that waited for longer than anything takes")
                .isEmpty();
        aftermath.everyEffectIsThereOrUndone(tables);
        Invariants.holdIn(tables);
    }

    private void stopPlacing() {
        clock.shutdown();
        try {
            assertThat(clock.awaitTermination(HangLimit.SECONDS, TimeUnit.SECONDS))
                    .isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static void restart(Orchestrator orchestrator) {
        orchestrator.terminate();
        orchestrator.launch().ready();
    }

    static void pass(Duration time) {
        CompletableFuture.runAsync(() -> {}, CompletableFuture.delayedExecutor(time.toMillis(), TimeUnit.MILLISECONDS))
                .join();
    }

    private static void say(String format, Object... arguments) {
        System.out.println(format.formatted(arguments));
    }

    @Override
    public void close() {
        clock.shutdownNow();
        customers.close();
        orchestrators.forEach(Orchestrator::close);
        services.close();
    }
}
