package dev.caravan.testing;

import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import dev.caravan.embeddedkafka.LoopbackPorts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;

/**
 * A cluster of three brokers, in this process unless others are asked for, the first of which is the controller, too. Each can be stopped and comes back
 * on its port, with its data. What Kafka's own defaults are for topics, they are here: one replica.
 */
public final class ThreeBrokers implements AutoCloseable {

    private static final int BROKERS = 3;

    /** Starts a broker. */
    public interface Starter {

        /** Returns when it is a member of the cluster. */
        Running start(EmbeddedKafkaOptions options);
    }

    /** A broker that runs. */
    public interface Running {

        void stop();
    }

    private final List<EmbeddedKafkaOptions> options = new ArrayList<>();
    private final Running[] running = new Running[BROKERS];
    private final Starter starter;

    private ThreeBrokers(Path directory, Starter starter) {
        this.starter = starter;
        String cluster = Uuid.randomUuid().toString();
        int controller = LoopbackPorts.free();
        for (int number = 0; number < BROKERS; number++) {
            int port = LoopbackPorts.free();
            String listener = "PLAINTEXT://127.0.0.1:" + port;
            options.add(EmbeddedKafkaOptions.in(directory.resolve("broker-" + number))
                    .withPort(port)
                    .with(EmbeddedKafkaOptions.CLUSTER_ID, cluster)
                    .with("node.id", Integer.toString(number + 1))
                    .with("process.roles", number == 0 ? "broker,controller" : "broker")
                    .with("controller.quorum.voters", "1@127.0.0.1:" + controller)
                    .with("listeners", number == 0 ? listener + ",CONTROLLER://127.0.0.1:" + controller : listener)
                    .with("offsets.topic.replication.factor", "3")
                    .with("offsets.topic.num.partitions", "3"));
        }
    }

    /** Returns when all three are members of the cluster. */
    public static ThreeBrokers start(Path directory) {
        return start(directory, broker -> EmbeddedKafka.start(broker)::close);
    }

    /** As {@link #start(Path)}, with brokers that are started elsewhere. */
    public static ThreeBrokers start(Path directory, Starter starter) {
        ThreeBrokers brokers = new ThreeBrokers(directory, starter);
        try {
            for (int number = 0; number < BROKERS; number++) {
                brokers.start(number);
            }
            return brokers;
        } catch (RuntimeException e) {
            brokers.close();
            throw e;
        }
    }

    public String addresses() {
        return options.stream().map(broker -> "127.0.0.1:" + broker.port()).collect(Collectors.joining(","));
    }

    /** @param number 0 to 2 */
    public void start(int number) {
        running[number] = starter.start(options.get(number));
    }

    /** @param number 0 to 2; with 0, the controller is away */
    public void stop(int number) {
        if (running[number] != null) {
            running[number].stop();
            running[number] = null;
        }
    }

    public Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", addresses()));
    }

    /** The controller goes last: the others ask it whether they may. */
    @Override
    public void close() {
        IntStream.iterate(BROKERS - 1, number -> number >= 0, number -> number - 1)
                .forEach(this::stop);
    }
}
