package dev.caravan.shop.crash;

import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import dev.caravan.embeddedkafka.LoopbackPorts;
import dev.caravan.shop.FreshDataDirectory;
import dev.caravan.testing.SilentHost;
import dev.caravan.testing.SilentHost.Way;
import dev.caravan.testing.ThreeBrokers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * One of three orchestrators is cut off from Kafka and, in mode lra, from the coordinator, in one direction or in both, is far
 * away from them, or loses its connections, while orders come in. Runs with the Maven profile {@code chaos} and {@code
 * -Dchaos.tests=BadNetwork} only.
 *
 * <p>{@code -Dnetwork.cut-seconds}: for how long it is cut off, which is longer than its session. What the kernel would have
 * to do, to lose single packets, is not tried.
 */
class BadNetwork {

    private static final Duration CUT = Duration.ofSeconds(Long.getLong("network.cut-seconds", 20));

    /** 300 ms there and back. */
    private static final Duration FAR = Duration.ofMillis(150);

    private enum Fault {
        NOTHING_ARRIVES(host -> host.fallSilent(Set.of(Way.TO_CLIENT))),
        NOTHING_LEAVES(host -> host.fallSilent(Set.of(Way.TO_SERVER))),
        CUT_OFF(SilentHost::fallSilent),
        FAR_AWAY(host -> host.moveAway(FAR)),
        HUNG_UP(BadNetwork::hangUp);

        private final Consumer<SilentHost> begin;

        Fault(Consumer<SilentHost> begin) {
            this.begin = begin;
        }

        private Cluster.Act on(List<SilentHost> hosts) {
            Fault fault = this;
            return new Cluster.Act() {
                @Override
                public String name() {
                    return fault.name();
                }

                @Override
                public void on(Cluster cluster) {
                    hosts.forEach(begin);
                    Cluster.pass(CUT);
                    hosts.forEach(host -> host.moveAway(Duration.ZERO));
                    hosts.forEach(SilentHost::speak);
                }
            };
        }
    }

    private final List<SilentHost> hosts = new ArrayList<>();

    @ParameterizedTest
    @EnumSource
    void everyOrderEndsAsItsDataSay(Mode mode) throws IOException {
        Path directory = FreshDataDirectory.make("bad-network");
        Path data = Files.createTempDirectory("postgres-of-bad-network").resolve("data");
        Coordinator coordinator = new Coordinator(directory);
        try (coordinator;
                ThreeBrokers brokers = ThreeBrokers.start(directory.resolve("kafka"), this::startBehindHost);
                Postgres postgres = new Postgres(data)) {
            String throughHosts =
                    hosts.stream().map(host -> "127.0.0.1:" + host.port()).collect(Collectors.joining(","));
            SilentHost beforeCoordinator = SilentHost.before(coordinator.port());
            hosts.add(beforeCoordinator);
            try (Cluster cluster = new Cluster(
                    mode,
                    directory,
                    brokers,
                    coordinator,
                    postgres,
                    number -> number == 0
                            ? new Cluster.Addresses(throughHosts, beforeCoordinator.port())
                            : new Cluster.Addresses(brokers.addresses(), coordinator.port()))) {
                cluster.endsAllOrdersDuring(
                        "BadNetwork",
                        List.of(Fault.values()).stream()
                                .map(fault -> fault.on(hosts))
                                .toList());
            }
        } finally {
            for (SilentHost host : hosts) {
                host.close();
            }
        }
    }

    /** A broker that is found in two places: one of them is a host that can fall silent. */
    private ThreeBrokers.Running startBehindHost(EmbeddedKafkaOptions broker) {
        int port = LoopbackPorts.free();
        SilentHost host = before(port);
        hosts.add(host);
        return EmbeddedKafka.start(broker.with(
                        "listeners", broker.brokerProperties().get("listeners") + ",HOST://127.0.0.1:" + port)
                .with(
                        "advertised.listeners",
                        "PLAINTEXT://127.0.0.1:%d,HOST://127.0.0.1:%d".formatted(broker.port(), host.port()))
                .with("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,HOST:PLAINTEXT"))
                ::close;
    }

    private static SilentHost before(int port) {
        try {
            return SilentHost.before(port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void hangUp(SilentHost host) {
        try {
            host.hangUp();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
