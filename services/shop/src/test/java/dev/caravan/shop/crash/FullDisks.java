package dev.caravan.shop.crash;

import dev.caravan.shop.FreshDataDirectory;
import dev.caravan.testing.ThreeBrokers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * Disks that are full for a while, one after another, while orders come in: that of one of three brokers, of an orchestrator,
 * of the coordinator, of PostgreSQL, of H2. Runs with the Maven profile {@code chaos} and {@code -Dchaos.tests=FullDisks}
 * only, and needs the right to mount.
 *
 * <p>{@code -Ddisks.full-seconds}: for how long each of them is full.
 */
class FullDisks {

    private static final Duration FULL = Duration.ofSeconds(Long.getLong("disks.full-seconds", 20));

    /** So that each orchestrator has more sagas to show than it keeps in memory. */
    private static final String[] LIST_ON_DISK = {"--caravan.view.capacity=10", "--caravan.view.directory=list"};

    private record Full(String name, SmallDisk disk, Consumer<Cluster> repair) implements Cluster.Act {

        @Override
        public void on(Cluster cluster) {
            disk.fill();
            Cluster.pass(FULL);
            disk.free();
            repair.accept(cluster);
        }
    }

    @Test
    void ofABrokerAnOrchestratorAndPostgresInModeLog() throws IOException {
        Path directory = FreshDataDirectory.make("full-disks");
        Path data = Files.createTempDirectory("postgres-of-full-disks");
        try (SmallDisk ofBroker = SmallDisk.at(directory.resolve("kafka").resolve("broker-1"), 200);
                SmallDisk ofOrchestrator = SmallDisk.at(Cluster.orchestrator(directory, 0), 100);
                SmallDisk ofPostgres = SmallDisk.at(data, 300);
                Postgres postgres = new Postgres(data.resolve("data"));
                ThreeBrokers brokers = ThreeBrokers.start(directory.resolve("kafka"), BrokerProcess::start);
                Coordinator none = new Coordinator(directory);
                Cluster cluster = new Cluster(Mode.LOG, directory, brokers, none, postgres, LIST_ON_DISK)) {
            cluster.endsOrUndoesAllOrdersDuring(
                    "FullDisks",
                    List.of(
                            new Full("ORCHESTRATOR", ofOrchestrator, repaired -> {}),
                            new Full("POSTGRES", ofPostgres, repaired -> restartIfDown(postgres)),
                            new Full("BROKER", ofBroker, FullDisks::restartBroker)));
        }
    }

    @Test
    void ofTheCoordinatorAndH2InModeLra() throws IOException {
        Path directory = FreshDataDirectory.make("full-disks");
        try (SmallDisk ofCoordinator = SmallDisk.at(directory.resolve("lra-coordinator"), 50);
                SmallDisk ofServices = SmallDisk.at(directory.resolve("data"), 100);
                ThreeBrokers brokers = ThreeBrokers.start(directory.resolve("kafka"));
                Coordinator coordinator = new Coordinator(directory);
                Cluster cluster = new Cluster(Mode.LRA, directory, brokers, coordinator, null)) {
            cluster.endsOrUndoesAllOrdersDuring(
                    "FullDisks",
                    List.of(
                            new Full("COORDINATOR", ofCoordinator, repaired -> {}),
                            new Full("H2", ofServices, repaired -> {})));
        }
    }

    /** It gives up at the first write that fails, and is to be started by whoever looks after it. */
    private static void restartBroker(Cluster cluster) {
        cluster.brokers.stop(1);
        cluster.brokers.start(1);
        cluster.awaitReplicas();
    }

    private static void restartIfDown(Postgres postgres) {
        if (!postgres.takesConnections()) {
            postgres.stop();
            postgres.start();
        }
    }
}
