package dev.caravan.compatibility;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;

/** A broker of Kafka in a process of its own, of the line whose class path a module beside this one has written. */
public final class Broker implements AutoCloseable {

    private static final String CLUSTER = "4L6g3nShT-eMCtK--X86sw";

    private final Child process;
    private final String address;

    private Broker(Child process, String address) {
        this.process = process;
        this.address = address;
    }

    public static Broker start(String line, Path directory) throws IOException {
        String classPath = Files.readString(Path.of("..", "kafka-" + line, "target", "classpath"))
                .strip();
        int port = Child.freePort();
        int controller = Child.freePort();
        Path settings = Files.writeString(
                directory.resolve("server.properties"), """
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@127.0.0.1:%2$d
                controller.listener.names=CONTROLLER
                listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
                listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
                log.dirs=%3$s
                num.partitions=4
                auto.create.topics.enable=false
                offsets.topic.replication.factor=1
                offsets.topic.num.partitions=1
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                group.initial.rebalance.delay.ms=0
                log.cleaner.dedupe.buffer.size=2097152
                """.formatted(port, controller, directory.resolve("log")));
        Path output = directory.resolve("broker.txt");
        try (Child format = Child.start(
                classPath,
                output,
                List.of(),
                "kafka.tools.StorageTool",
                List.of("format", "-t", CLUSTER, "-c", settings.toString()))) {
            assertThat(format.end()).as("see %s", output).isZero();
        }
        Broker broker = new Broker(
                Child.start(classPath, output, List.of(), "kafka.Kafka", List.of(settings.toString())),
                "127.0.0.1:" + port);
        broker.awaitReady(output);
        return broker;
    }

    private void awaitReady(Path output) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", address))) {
            await().ignoreExceptions().until(() -> {
                assertThat(process.isAlive()).as("see %s", output).isTrue();
                return admin.describeCluster().nodes().get().size() == 1;
            });
        }
    }

    public String address() {
        return address;
    }

    @Override
    public void close() {
        process.close();
    }
}
