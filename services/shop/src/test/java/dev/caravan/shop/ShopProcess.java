package dev.caravan.shop;

import dev.caravan.embeddedkafka.LoopbackPorts;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** The shop in a process of its own, on data of its own. It can be stopped and started again. */
public final class ShopProcess implements AutoCloseable {

    private final Path directory;
    private final int port = LoopbackPorts.free();
    private final int kafkaPort = LoopbackPorts.free();
    private final List<String> settings;
    private JavaProcess process;

    public ShopProcess(Path directory, String... settings) {
        this.directory = directory;
        this.settings = Arrays.asList(settings);
    }

    /** Returns when the shop is ready. */
    public ShopProcess start() {
        process = launch().ready(port);
        return this;
    }

    /** Starts a shop that may not get far; what is said here counts more than what was said before. */
    public JavaProcess launch(String... more) {
        Map<String, String> options = new LinkedHashMap<>();
        Stream.of(
                        List.of(
                                "--server.port=" + port,
                                "--caravan.shop.kafka-port=" + kafkaPort,
                                "--caravan.shop.data-dir=" + data(),
                                "--caravan.shop.tour=false",
                                "--caravan.lra.coordinator.recovery-period=200ms",
                                "--caravan.lra.coordinator.recovery-max-delay=1s"),
                        settings,
                        List.of(more))
                .flatMap(List::stream)
                .forEach(option -> options.put(option.substring(0, option.indexOf('=')), option));
        return JavaProcess.start(
                directory, ShopApplication.class, options.values().toArray(String[]::new));
    }

    public Path data() {
        return directory.resolve("data");
    }

    public int port() {
        return port;
    }

    public ShopClient client() {
        return ShopClient.at(port);
    }

    public String brokers() {
        return "127.0.0.1:" + kafkaPort;
    }

    /** SIGTERM. */
    public int terminate() {
        return process.terminate();
    }

    /** SIGKILL. */
    public void kill() {
        process.kill();
    }

    public JavaProcess process() {
        return process;
    }

    /** What it has left behind; while it runs, nobody else may look. */
    public ShopDatabase database() {
        return ShopDatabase.of(new DriverManagerDataSource("jdbc:h2:file:" + data().resolve("shop")
                + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;IFEXISTS=TRUE;ACCESS_MODE_DATA=r"));
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
        }
    }
}
