package dev.caravan.shop.crash;

import dev.caravan.shop.FreshDataDirectory;
import dev.caravan.testing.ThreeBrokers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
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

    /** One after another, on the same cluster. */
    private enum Operation implements Cluster.Act {
        ORCHESTRATORS_ONE_AFTER_ANOTHER(cluster -> cluster.orchestrators.forEach(Cluster::restart)),
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
            Cluster.pass(AWAY);
            cluster.brokers.start(1);
            cluster.brokers.start(2);
            cluster.awaitReplicas();
        }),
        SERVICES(cluster -> {
            cluster.services.terminate();
            cluster.services.start();
        }),
        DATABASE(cluster -> {
            Postgres database = Objects.requireNonNull(cluster.postgres);
            database.stop();
            database.start();
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

        @Override
        public void on(Cluster cluster) {
            act.accept(cluster);
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyOrderEndsAsItsDataSayWhateverIsRestarted(Mode mode) throws Exception {
        Path directory = FreshDataDirectory.make("rolling");
        Path data = Files.createTempDirectory("postgres-of-rolling").resolve("data");
        try (ThreeBrokers brokers = ThreeBrokers.start(directory.resolve("kafka"));
                Postgres postgres = new Postgres(data);
                Coordinator coordinator = new Coordinator(directory);
                Cluster cluster = new Cluster(mode, directory, brokers, coordinator, postgres)) {
            cluster.endsAllOrdersDuring("Rolling", List.of(Operation.values()));
        }
    }
}
