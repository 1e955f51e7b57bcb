package dev.caravan.shop.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.embeddedkafka.LoopbackPorts;
import dev.caravan.shop.FreshDataDirectory;
import dev.caravan.shop.Invariants;
import dev.caravan.shop.ShopClient;
import dev.caravan.shop.ShopDatabase;
import dev.caravan.testing.PostgresOfAnyUser;
import dev.caravan.testing.ThreeBrokers;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
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
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What is done to a cluster on an ordinary day, while orders come in: three brokers, orchestrators, the services on
 * PostgreSQL and, in mode lra, the coordinator are stopped in good order and come back. Runs with the Maven profile {@code
 * chaos} and {@code -Dchaos.tests=Rolling} only.
 *
 * <p>{@code -Drolling.away-seconds}: for how long two of three brokers are away.
 */
class Rolling {

    private static final Duration AWAY = Duration.ofSeconds(Long.getLong("rolling.away-seconds", 60));
    private static final int ORDERS_EVERY_SECONDS = 4;

    /** One after another, on the same cluster. */
    private enum Operation {
        ORCHESTRATORS_ONE_AFTER_ANOTHER(cluster -> cluster.orchestrators.forEach(Rolling::restart)),
        ONE_ORCHESTRATOR_AND_THREE_AGAIN(cluster -> {
            List<Orchestrator> others = cluster.orchestrators.subList(1, 3);
            others.forEach(Orchestrator::terminate);
            cluster.customers.place(Customers.sixteen(cluster.random));
            others.forEach(Orchestrator::launch);
            others.forEach(Orchestrator::ready);
        }),
        BROKERS_ONE_AFTER_ANOTHER(cluster -> List.of(0, 1, 2).forEach(broker -> {
            cluster.brokers.stop(broker);
            cluster.brokers.start(broker);
            cluster.awaitReplicas();
        })),
        TWO_BROKERS_AWAY(cluster -> {
            cluster.brokers.stop(1);
            cluster.brokers.stop(2);
            pass(AWAY);
            cluster.brokers.start(1);
            cluster.brokers.start(2);
            cluster.awaitReplicas();
        }),
        SERVICES(cluster -> {
            cluster.services.terminate();
            cluster.services.start();
        }),
        DATABASE(cluster -> {
            cluster.database.stop();
            cluster.database.start();
        }),
        COORDINATOR(cluster -> {
            if (cluster.mode == Mode.LRA) {
                cluster.coordinator.terminate();
                cluster.coordinator.start();
            }
        });

        private final Consumer<Cluster> act;

        Operation(Consumer<Cluster> act) {
            this.act = act;
        }
    }

    private record Cluster(
            Mode mode,
            ThreeBrokers brokers,
            Database database,
            Coordinator coordinator,
            Services services,
            List<Orchestrator> orchestrators,
            Customers customers,
            Random random) {

        /** Until each broker has again what the others have. */
        private void awaitReplicas() {
            try (Admin admin = brokers.admin()) {
                await().ignoreExceptions()
                        .until(
                                () -> admin
                                        .describeTopics(
                                                admin.listTopics().names().get())
                                        .allTopicNames()
                                        .get()
                                        .values()
                                        .stream()
                                        .flatMap(topic -> topic.partitions().stream())
                                        .allMatch(part -> part.isr().size()
                                                == part.replicas().size()));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyOrderEndsAsItsDataSayWhateverIsRestarted(Mode mode) throws Exception {
        Path directory = FreshDataDirectory.make("rolling");
        Random random = new Random(1);
        List<Orchestrator> orchestrators = new ArrayList<>();
        AtomicInteger next = new AtomicInteger();
        ScheduledExecutorService clock = Executors.newScheduledThreadPool(1);
        try (ThreeBrokers brokers = ThreeBrokers.start(directory.resolve("kafka"));
                Database database = new Database();
                Coordinator coordinator = new Coordinator(directory);
                Services services = new Services(directory, brokers.addresses(), database.settings());
                Customers customers = new Customers((order, key) -> orchestrators
                        .get(next.getAndIncrement() % orchestrators.size())
                        .start(order, key))) {
            if (mode == Mode.LRA) {
                coordinator.start();
            }
            for (int number = 0; number < 3; number++) {
                orchestrators.add(new Orchestrator(
                                directory.resolve("orchestrator-" + number),
                                mode.settings(
                                        brokers.addresses(),
                                        "--caravan.session-timeout=6s",
                                        "--caravan.lra.coordinator.embedded=false",
                                        "--caravan.lra.callback-secret=known to all of them",
                                        "--camel.lra.coordinator-url=http://localhost:" + coordinator.port()))
                        .launch());
            }
            services.start();
            orchestrators.forEach(Orchestrator::ready);
            Cluster cluster =
                    new Cluster(mode, brokers, database, coordinator, services, orchestrators, customers, random);

            var placing = clock.scheduleAtFixedRate(
                    () -> customers.place(Customers.sixteen(random)), 0, ORDERS_EVERY_SECONDS, TimeUnit.SECONDS);
            for (Operation operation : Operation.values()) {
                Instant begin = Instant.now();
                operation.act.accept(cluster);
                say("mode %s: %s took %s", mode, operation, Duration.between(begin, Instant.now()));
            }
            placing.cancel(false);

            List<Customers.Accepted> accepted = customers.accepted();
            Aftermath aftermath = Aftermath.in(brokers.addresses())
                    .allEndAsTheirDataSay(accepted)
                    .compensationsRanInReverseOrder();
            Aftermath.needNobody(
                    orchestrators.stream().map(Orchestrator::client).toArray(ShopClient[]::new));
            ShopDatabase tables = ShopDatabase.of(database.postgres.getPostgresDatabase());
            say(
                    "mode %s: orders accepted %d, sagas completed %d, compensated %d, failed %d, taken over %d, longest %s;"
                            + " disagreeing %d",
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
        } finally {
            clock.shutdownNow();
            orchestrators.forEach(Orchestrator::close);
        }
    }

    private static void restart(Orchestrator orchestrator) {
        orchestrator.terminate();
        orchestrator.launch().ready();
    }

    private static void pass(Duration time) {
        CompletableFuture.runAsync(() -> {}, CompletableFuture.delayedExecutor(time.toMillis(), TimeUnit.MILLISECONDS))
                .join();
    }

    private static void say(String format, Object... arguments) {
        System.out.println("Rolling: " + format.formatted(arguments));
    }

    /** PostgreSQL, on its port and its data whenever it starts. */
    private static final class Database implements AutoCloseable {

        private final int port = LoopbackPorts.free();
        private final Path data;
        private EmbeddedPostgres postgres;

        private Database() throws IOException {
            data = Files.createTempDirectory("postgres-of-rolling").resolve("data");
            start();
        }

        private void start() {
            try {
                postgres = PostgresOfAnyUser.startOn(data, builder -> builder.setPort(port));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void stop() {
            try {
                postgres.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private List<String> settings() {
            return List.of(
                    "--spring.datasource.url=jdbc:postgresql://127.0.0.1:" + port + "/postgres",
                    "--spring.datasource.username=postgres");
        }

        @Override
        public void close() {
            stop();
        }
    }
}
