package dev.caravan.shop.crash;

import dev.caravan.shop.ShopDatabase;
import dev.caravan.shop.ShopProcess;
import java.nio.file.Path;
import java.util.Arrays;
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
        process = new ShopProcess(
                directory,
                "--camel.component.kafka.brokers=" + brokers,
                "--spring.application.name=services",
                "--caravan.coordinator=none",
                "--caravan.lra.coordinator.embedded=false",
                "--caravan.shop.timeline=false",
                "--camel.main.routes-include-pattern="
                        + Arrays.stream(services)
                                .map("classpath:caravan/participants/%s.camel.xml"::formatted)
                                .collect(Collectors.joining(",")),
                "--caravan.routes.expected=",
                "--management.endpoint.health.group.readiness.include=readinessState");
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
