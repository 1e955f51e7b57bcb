package dev.caravan.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import dev.caravan.embeddedkafka.LoopbackPorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 20,000 LRAs end, and nothing of them is left in memory or on disk. Minutes: the profile volume runs it. */
class ManyLrasVolumeIT {

    private static final int FIRST = 2_000;
    private static final int ALL = 20_000;
    private static final int CLIENTS = 8;
    private static final long NOISE = 2L << 20; // 18,000 LRAs that leave 117 bytes each

    static {
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    @TempDir
    Path directory;

    private final LongAdder callbacks = new LongAdder();

    @Test
    void leaveNoTraceInMemoryOrOnDisk() throws Exception {
        int port = LoopbackPorts.free();
        try (LocalServer participant = new LocalServer(this::done);
                CoordinatorProcess coordinator = CoordinatorProcess.start(port, directory)) {
            String link = "http://127.0.0.1:" + participant.port();
            run(port, link, 0, FIRST);
            long heap = liveHeap(coordinator, port);
            long disk = size(directory.resolve("store"));

            long begin = System.nanoTime();
            run(port, link, FIRST, ALL);
            double seconds = (System.nanoTime() - begin) / 1e9;

            long heapAfter = liveHeap(coordinator, port);
            long diskAfter = size(directory.resolve("store"));
            System.out.printf(
                    "%d LRAs with 2 participants: %.0f a second; live heap %d -> %d KiB; store %d -> %d KiB%n",
                    ALL, (ALL - FIRST) / seconds, heap >> 10, heapAfter >> 10, disk >> 10, diskAfter >> 10);
            assertThat(new LraClient(port).list()).isEmpty();
            assertThat(callbacks.sum()).isEqualTo(3L * ALL);
            assertThat(heapAfter).isLessThan(heap + NOISE);
            assertThat(diskAfter).isLessThanOrEqualTo(2 * disk);
        }
    }

    private void done(HttpExchange callback) throws IOException {
        callbacks.increment();
        callback.sendResponseHeaders(200, -1);
        callback.close();
    }

    /** Every second one is cancelled; one of its participants wants to know the end. */
    private static void run(int port, String participant, int from, int to) throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Future<?>> all = IntStream.range(0, CLIENTS)
                    .<Future<?>>mapToObj(client -> clients.submit(() -> {
                        LraClient lras = new LraClient(port);
                        for (int i = from + client; i < to; i += CLIENTS) {
                            String lra = lras.start();
                            lras.join(lra, link(participant + "/one/" + i, "compensate", "complete", "after"));
                            lras.join(lra, link(participant + "/two/" + i, "compensate", "complete"));
                            String end = (i % 2 == 0 ? lras.close(lra) : lras.cancel(lra)).body();
                            assertThat(end).isEqualTo(i % 2 == 0 ? "Closed" : "Cancelled");
                        }
                    }))
                    .toList();
            for (Future<?> client : all) {
                client.get();
            }
        } finally {
            clients.shutdownNow();
        }
    }

    private static String link(String url, String... relations) {
        return String.join(
                ",",
                Stream.of(relations)
                        .map(relation -> "<%s/%s>; rel=\"%s\"".formatted(url, relation, relation))
                        .toList());
    }

    /** Bytes that are in use after a full collection. */
    private static long liveHeap(CoordinatorProcess coordinator, int port) throws Exception {
        Process collect = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        String.valueOf(coordinator.pid()),
                        "GC.run")
                .redirectErrorStream(true)
                .start();
        collect.getInputStream().readAllBytes();
        assertThat(collect.waitFor()).isZero();
        String metrics = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator/prometheus"))
                                .build(),
                        BodyHandlers.ofString())
                .body();
        return (long) metrics.lines()
                .filter(line -> line.startsWith("jvm_memory_used_bytes{area=\"heap\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    private static long size(Path store) {
        try (Stream<Path> files = Files.walk(store)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> {
                        try {
                            return Files.size(file);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    })
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
