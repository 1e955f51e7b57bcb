package dev.caravan.embeddedkafka;

import java.net.BindException;
import java.nio.file.Path;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running Kafka broker (KRaft, one node) on 127.0.0.1. Topics, records, transactions and group offsets are in its
 * directory: they survive {@link #close()} and a killed process, and a broker started there again has them. They do
 * not survive a power cut in the last seconds, since Kafka leaves flushing to the operating system; a topic that must,
 * sets {@code flush.messages=1}.
 *
 * <p>Topics are created by whoever needs them, with 4 partitions unless told otherwise.
 */
public final class EmbeddedKafka implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(EmbeddedKafka.class);
    private static final int ATTEMPTS = 3;

    private final DataDirectory directory;
    private final KafkaRaftServer server;
    private final int port;
    private final AtomicBoolean closed = new AtomicBoolean();

    private EmbeddedKafka(DataDirectory directory, KafkaRaftServer server, int port) {
        this.directory = directory;
        this.server = server;
        this.port = port;
    }

    /**
     * Starts a broker and returns when it answers.
     *
     * @throws EmbeddedKafkaException the port is in use, or the directory cannot be written or belongs to another
     *     broker
     */
    public static EmbeddedKafka start(EmbeddedKafkaOptions options) {
        if (options.port() != 0) {
            LoopbackPorts.requireFree(options.port());
        }
        DataDirectory directory = DataDirectory.open(options.directory());
        try {
            EmbeddedKafka kafka = start(directory, options);
            LOGGER.info("Kafka listens on {}, its data is in {}", kafka.bootstrapServers(), options.directory());
            return kafka;
        } catch (RuntimeException e) {
            directory.close();
            throw e;
        }
    }

    /** A port found free may be taken a moment later: then the next one is tried. */
    private static EmbeddedKafka start(DataDirectory directory, EmbeddedKafkaOptions options) {
        for (int attempt = 1; ; attempt++) {
            int port = options.port() == 0 ? LoopbackPorts.free() : options.port();
            try {
                return start(
                        directory,
                        port,
                        BrokerProperties.of(directory.path(), port, LoopbackPorts.free(), options.brokerProperties()));
            } catch (Exception e) {
                if (attempt == ATTEMPTS || !mayBeAPort(e)) {
                    throw new EmbeddedKafkaException(
                            "The embedded Kafka broker cannot start on port " + port + " with the data in "
                                    + directory.path() + " (" + e.getMessage()
                                    + "): look at the causes below; if the data is damaged, move the directory away",
                            e);
                }
            }
        }
    }

    private static EmbeddedKafka start(DataDirectory directory, int port, Properties properties) throws Exception {
        directory.formatOnce(properties);
        properties.remove(EmbeddedKafkaOptions.CLUSTER_ID);
        AtomicReference<KafkaRaftServer> server = new AtomicReference<>();
        try {
            HaltGuard.during(() -> {
                server.set(new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM));
                server.get().startup();
            });
        } catch (Exception e) {
            if (server.get() != null) {
                stop(server.get(), e);
            }
            throw e;
        }
        return new EmbeddedKafka(directory, server.get(), port);
    }

    private static void stop(KafkaRaftServer server, Exception reason) {
        try {
            server.shutdown();
        } catch (RuntimeException e) {
            reason.addSuppressed(e);
        }
    }

    /** Over the controller's port Kafka halts without a cause. */
    private static boolean mayBeAPort(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException || cause instanceof HaltGuard.HaltedException) {
                return true;
            }
        }
        return false;
    }

    /** What clients connect to, for instance {@code 127.0.0.1:9092}. */
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    public Path directory() {
        return directory.path();
    }

    /** Stops the broker and lets go of its port and directory. Closing twice is allowed. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            server.shutdown();
            server.awaitShutdown();
        } finally {
            directory.close();
        }
    }
}
