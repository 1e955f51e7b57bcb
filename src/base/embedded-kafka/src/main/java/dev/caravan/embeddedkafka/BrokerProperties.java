package dev.caravan.embeddedkafka;

import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;

/** The settings of a Kafka node that is broker and controller at once, and small. */
final class BrokerProperties {

    private static final String HOST = "127.0.0.1";

    private BrokerProperties() {}

    static Properties of(Path directory, int port, int controllerPort, Map<String, String> overrides) {
        Properties properties = new Properties();
        listeners(properties, port, controllerPort);
        properties.put("log.dirs", directory.toAbsolutePath().toString());
        topics(properties);
        smallFootprint(properties);
        fastRestart(properties);
        properties.putAll(overrides);
        return properties;
    }

    private static void listeners(Properties properties, int port, int controllerPort) {
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", "1");
        properties.put("controller.quorum.voters", "1@" + HOST + ":" + controllerPort);
        properties.put(
                "listeners", "PLAINTEXT://" + HOST + ":" + port + ",CONTROLLER://" + HOST + ":" + controllerPort);
        properties.put("advertised.listeners", "PLAINTEXT://" + HOST + ":" + port);
        properties.put("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT");
        properties.put("controller.listener.names", "CONTROLLER");
        properties.put("inter.broker.listener.name", "PLAINTEXT");
    }

    private static void topics(Properties properties) {
        properties.put("auto.create.topics.enable", "false");
        properties.put("num.partitions", "4");
        properties.put("default.replication.factor", "1");
        properties.put("offsets.topic.replication.factor", "1");
        properties.put("offsets.topic.num.partitions", "1");
        properties.put("transaction.state.log.replication.factor", "1");
        properties.put("transaction.state.log.min.isr", "1");
        properties.put("transaction.state.log.num.partitions", "1");
        properties.put("group.initial.rebalance.delay.ms", "0");
    }

    private static void smallFootprint(Properties properties) {
        properties.put("log.cleaner.dedupe.buffer.size", "2097152");
        properties.put("num.network.threads", "2");
        properties.put("num.io.threads", "2");
        properties.put("background.threads", "2");
    }

    /**
     * With the default session of 9 s every restart waits for the old registration to end (14 to 18 s in all). The
     * start has an end, so that a broker that cannot come up says so instead of hanging.
     */
    private static void fastRestart(Properties properties) {
        properties.put("broker.session.timeout.ms", "3000");
        properties.put("broker.heartbeat.interval.ms", "500");
        properties.put("controller.quorum.election.timeout.ms", "200");
        properties.put("controller.quorum.fetch.timeout.ms", "500");
        properties.put("server.max.startup.time.ms", "120000");
    }
}
