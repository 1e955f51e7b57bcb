package dev.caravan.shop.crash;

import dev.caravan.shop.ShopDatabase;
import dev.caravan.shop.ShopProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The four services in one process that starts no saga. */
final class Services implements AutoCloseable {

    private final ShopProcess process;

    /** All four. */
    Services(Path directory, String brokers) {
        this(directory, brokers, "*");
    }

    /** Some of them, on the same data: the others are down. */
    Services(Path directory, String brokers, String... services) {
        this(directory, brokers, List.of(services), List.of());
    }

    /** All four, with more settings, those of another database for instance. */
    Services(Path directory, String brokers, List<String> settings) {
        this(directory, brokers, List.of("*"), settings);
    }

    private Services(Path directory, String brokers, List<String> services, List<String> settings) {
        List<String> all = new ArrayList<>(List.of(
                "--camel.component.kafka.brokers=" + brokers,
                "--spring.application.name=services",
                "--caravan.coordinator=none",
                "--caravan.lra.coordinator.embedded=false",
                "--caravan.shop.timeline=false",
                "--camel.main.routes-include-pattern="
                        + services.stream()
                                .map("classpath:caravan/participants/%s.camel.xml"::formatted)
                                .collect(Collectors.joining(",")),
                "--caravan.routes.expected=",
                "--management.endpoint.health.group.readiness.include=readinessState"));
        all.addAll(settings);
        process = new ShopProcess(directory, all.toArray(String[]::new));
    }

    Services start() {
        process.start();
        return this;
    }

    void kill() {
        process.kill();
    }

    void terminate() {
        process.terminate();
    }

    /** Ends them: only then may somebody else look into their database. */
    ShopDatabase databaseAtTheEnd() {
        process.terminate();
        return process.database();
    }

    ShopProcess process() {
        return process;
    }

    @Override
    public void close() {
        process.close();
    }
}
