package dev.caravan.shop.crash;

import dev.caravan.shop.ShopDatabase;
import dev.caravan.shop.ShopProcess;
import java.nio.file.Path;

/** The four services in one process that starts no saga. */
final class Services implements AutoCloseable {

    private final ShopProcess process;

    Services(Path directory, String brokers) {
        process = new ShopProcess(
                directory,
                "--camel.component.kafka.brokers=" + brokers,
                "--spring.application.name=services",
                "--caravan.coordinator=none",
                "--caravan.lra.coordinator.embedded=false",
                "--caravan.shop.timeline=false",
                "--camel.main.routes-include-pattern=classpath:caravan/participants/*.camel.xml",
                "--caravan.routes.expected=payment-service-process-payment",
                "--management.endpoint.health.group.readiness.include=readinessState");
    }

    Services start() {
        process.start();
        return this;
    }

    void kill() {
        process.kill();
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
