package dev.caravan.embeddedkafka;

import dev.caravan.files.OwnerOnly;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Properties;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * The broker's directory, held by a file lock until it is closed. Kafka has a lock of its own, but takes it only after
 * its controller has begun to write, which is too late to protect the other broker's data.
 */
final class DataDirectory implements AutoCloseable {

    private static final String LOCK_FILE = "embedded-kafka.lock";

    private final Path path;
    private final FileChannel lockFile;

    private DataDirectory(Path path, FileChannel lockFile) {
        this.path = path;
        this.lockFile = lockFile;
    }

    static DataDirectory open(Path path) {
        FileChannel lockFile = openLockFile(path);
        try {
            if (tryLock(lockFile) == null) {
                lockFile.close();
                throw new EmbeddedKafkaException("The Kafka data directory " + path
                        + " is in use by another broker: stop that one, or choose another directory");
            }
            return new DataDirectory(path, lockFile);
        } catch (IOException e) {
            throw notWritable(path, e);
        }
    }

    private static FileChannel openLockFile(Path path) {
        try {
            OwnerOnly.directory(path);
            return FileChannel.open(path.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw notWritable(path, e);
        }
    }

    private static FileLock tryLock(FileChannel lockFile) throws IOException {
        try {
            return lockFile.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // held by this JVM
        }
    }

    private static EmbeddedKafkaException notWritable(Path path, IOException cause) {
        return new EmbeddedKafkaException(
                "The Kafka data directory " + path + " cannot be written (" + cause
                        + "): make it a directory this user may write to, or choose another one",
                cause);
    }

    Path path() {
        return path;
    }

    /** Gives the directory a cluster id the first time: a new one, unless the broker joins others. Kafka writes the file tested here last. */
    void formatOnce(Properties broker) throws Exception {
        if (Files.exists(path.resolve("meta.properties"))) {
            return;
        }
        String directory = path.toAbsolutePath().toString();
        new Formatter()
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .setNodeId(Integer.parseInt(broker.getProperty("node.id")))
                .setClusterId(broker.getProperty(
                        EmbeddedKafkaOptions.CLUSTER_ID, Uuid.randomUuid().toString()))
                .setControllerListenerName("CONTROLLER")
                .setReleaseVersion(MetadataVersion.latestProduction())
                .addDirectory(directory)
                .setMetadataLogDirectory(directory)
                .setIgnoreFormatted(true)
                .run();
    }

    @Override
    public void close() {
        try {
            lockFile.close();
        } catch (IOException e) {
            throw new EmbeddedKafkaException("The lock of the Kafka data directory " + path + " cannot be released", e);
        }
    }
}
