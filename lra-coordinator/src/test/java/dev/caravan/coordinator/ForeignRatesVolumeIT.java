package dev.caravan.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import dev.caravan.embeddedkafka.LoopbackPorts;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * LRAs of foreign clients, start, four joins and close over HTTP, side by side on both kinds of coordinator: each a process,
 * in turns. Clients, participants and Kafka are in this process. The profile volume runs it; the figures are printed.
 */
class ForeignRatesVolumeIT {

    private static final int IN_FLIGHT = Integer.getInteger("lra.rates.in-flight", 64);
    private static final Duration WARM_UP = Duration.ofSeconds(Integer.getInteger("lra.rates.warm-up", 40));
    private static final Duration TURN = Duration.ofSeconds(Integer.getInteger("lra.rates.turn", 10));
    private static final int TURNS = Integer.getInteger("lra.rates.turns", 3);
    private static final int PARTICIPANTS = 4;

    @TempDir
    Path directory;

    private record Turn(int lras, double seconds, double cpu, double otherCpu, long[] nanos) {

        double rate() {
            return lras / seconds;
        }

        private double percentile(int percent) {
            return nanos[nanos.length * percent / 100] / 1e6;
        }

        void print(String kind) {
            System.out.printf(
                    "| %s | %d | %.0f | %.1f | %.1f | %.2f | %.2f |%n",
                    kind, IN_FLIGHT, rate(), percentile(50), percentile(99), cpu * 1000 / lras, otherCpu * 1000 / lras);
        }
    }

    @Test
    void endsLrasOfForeignClientsOnBothKinds() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory.resolve("kafka")));
                PlainHttp.Server participants = new PlainHttp.Server()) {
            int narayanaPort = LoopbackPorts.free();
            int logPort = LoopbackPorts.free();
            try (CoordinatorProcess narayana = CoordinatorProcess.startForWork(
                            narayanaPort, directory, "--store=" + directory.resolve("store"));
                    CoordinatorProcess log = CoordinatorProcess.startForWork(
                            logPort,
                            directory,
                            "--caravan.lra.coordinator.kind=log",
                            "--caravan.lra.coordinator.log.kafka.bootstrap.servers=" + kafka.bootstrapServers())) {
                run(narayanaPort, narayana, participants, WARM_UP);
                run(logPort, log, participants, WARM_UP);
                System.out.println("| kind | in flight | LRAs/s | p50 ms | p99 ms | CPU ms/LRA of the coordinator"
                        + " | of clients, participants and Kafka |");
                List<Double> ratios = new ArrayList<>();
                for (int i = 0; i < TURNS; i++) {
                    Turn one = run(narayanaPort, narayana, participants, TURN);
                    one.print("narayana");
                    Turn other = run(logPort, log, participants, TURN);
                    other.print("log");
                    ratios.add(other.rate() / one.rate());
                }
                System.out.printf("log / narayana: %s%n", ratios);
                assertThat(new LraClient(narayanaPort).list()).isEmpty();
                assertThat(new LraClient(logPort).list()).isEmpty();
            }
        }
    }

    private static Turn run(int port, CoordinatorProcess coordinator, PlainHttp.Server participants, Duration duration)
            throws Exception {
        long calls = participants.requests();
        Duration cpu = coordinator.cpu();
        Duration otherCpu = cpuOfThis();
        long begin = System.nanoTime();
        long[] nanos = load(port, participants.port(), begin + duration.toNanos());
        double seconds = (System.nanoTime() - begin) / 1e9;
        assertThat(participants.requests() - calls).isEqualTo((long) PARTICIPANTS * nanos.length);
        return new Turn(
                nanos.length,
                seconds,
                coordinator.cpu().minus(cpu).toNanos() / 1e9,
                cpuOfThis().minus(otherCpu).toNanos() / 1e9,
                nanos);
    }

    private static Duration cpuOfThis() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow();
    }

    /** @return how long each took, in order */
    private static long[] load(int port, int participants, long end) throws InterruptedException, ExecutionException {
        ExecutorService clients = Executors.newFixedThreadPool(IN_FLIGHT);
        try {
            List<Future<LongStream>> all = new ArrayList<>();
            for (int i = 0; i < IN_FLIGHT; i++) {
                int client = i;
                all.add(clients.submit(() -> client(port, participants, client, end)));
            }
            LongStream nanos = LongStream.empty();
            for (Future<LongStream> client : all) {
                nanos = LongStream.concat(nanos, client.get());
            }
            long[] sorted = nanos.toArray();
            Arrays.sort(sorted);
            return sorted;
        } finally {
            clients.shutdownNow();
        }
    }

    private static LongStream client(int port, int participants, int client, long end) throws IOException {
        LongStream.Builder nanos = LongStream.builder();
        try (PlainHttp.Client http = new PlainHttp.Client(port)) {
            long begin = System.nanoTime();
            for (int lra = 0; begin < end; lra++) {
                String id = http.send("POST", "/lra-coordinator/start", null, 201);
                String path = id.substring(id.indexOf("/lra-coordinator"));
                for (int i = 0; i < PARTICIPANTS; i++) {
                    http.send("PUT", path, link(participants, "%d-%d-%d".formatted(client, lra, i)), 200);
                }
                String status = http.send("PUT", path + "/close", null, 200);
                assertThat(status).isEqualTo("Closed");
                long now = System.nanoTime();
                nanos.add(now - begin);
                begin = now;
            }
        }
        return nanos.build();
    }

    private static String link(int port, String name) {
        String url = "<http://127.0.0.1:" + port + "/" + name;
        return url + "/compensate>; rel=\"compensate\"," + url + "/complete>; rel=\"complete\"";
    }
}
