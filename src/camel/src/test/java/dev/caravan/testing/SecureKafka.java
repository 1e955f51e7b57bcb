package dev.caravan.testing;

import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import dev.caravan.embeddedkafka.LoopbackPorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * A broker as a cluster has it: clients need TLS, a user with a password (SCRAM-SHA-512), and the right to what they do.
 * Its certificate is made anew each time. The test itself may do everything, by {@link #admin()}.
 */
public final class SecureKafka implements AutoCloseable {

    private static final String PASSWORD = "of-this-certificate";
    private static final int ITERATIONS = 4096;

    private final EmbeddedKafka kafka;
    private final Path certificate;
    private final String address;
    private final Admin admin;

    private SecureKafka(EmbeddedKafka kafka, Path certificate, String address) {
        this.kafka = kafka;
        this.certificate = certificate;
        this.address = address;
        this.admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }

    /** Starts one with its data in this directory. Nobody may do anything yet. */
    public static SecureKafka start(Path directory) {
        Path keys = makeKeys(directory);
        int plain = LoopbackPorts.free();
        int controller = LoopbackPorts.free();
        String address = "127.0.0.1:" + LoopbackPorts.free();
        String inside = "PLAINTEXT://127.0.0.1:" + plain;
        EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory.resolve("kafka"))
                .withPort(plain)
                .with("listeners", inside + ",CONTROLLER://127.0.0.1:" + controller + ",SECURE://" + address)
                .with("advertised.listeners", inside + ",SECURE://" + address)
                .with("controller.quorum.voters", "1@127.0.0.1:" + controller)
                .with("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SECURE:SASL_SSL")
                .with("listener.name.secure.sasl.enabled.mechanisms", "SCRAM-SHA-512")
                .with(
                        "listener.name.secure.scram-sha-512.sasl.jaas.config",
                        "org.apache.kafka.common.security.scram.ScramLoginModule required;")
                .with("listener.name.secure.ssl.keystore.type", "PKCS12")
                .with("listener.name.secure.ssl.keystore.location", keys.toString())
                .with("listener.name.secure.ssl.keystore.password", PASSWORD)
                .with("listener.name.secure.ssl.key.password", PASSWORD)
                .with("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
                .with("super.users", "User:ANONYMOUS"));
        return new SecureKafka(kafka, directory.resolve("ca.crt"), address);
    }

    private static Path makeKeys(Path directory) {
        Path keys = directory.resolve("kafka.p12");
        keytool(
                "-genkeypair -alias kafka -keyalg RSA -keysize 2048 -validity 2 -dname CN=localhost"
                        + " -ext SAN=ip:127.0.0.1,dns:localhost",
                keys);
        keytool("-exportcert -rfc -alias kafka -file " + directory.resolve("ca.crt"), keys);
        return keys;
    }

    private static void keytool(String arguments, Path keys) {
        try {
            Files.createDirectories(keys.getParent());
            String program =
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
            String all = program + " " + arguments + " -storetype PKCS12 -storepass " + PASSWORD + " -keystore " + keys;
            Process process = new ProcessBuilder(List.of(all.split(" ")))
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes());
            if (process.waitFor() != 0) {
                throw new IllegalStateException("keytool made no certificate: " + output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while keytool ran", e);
        }
    }

    /** What clients connect to. */
    public String bootstrapServers() {
        return address;
    }

    /** The certificate that clients trust, PEM. */
    public Path authority() {
        return certificate;
    }

    /** Makes a user who may do nothing. */
    public void addUser(String name, String password) {
        wait(admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(
                        name, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, ITERATIONS), password)))
                .all()::get);
    }

    /** @param name of the topic or group, or {@code *} for all */
    public void allow(String user, ResourceType type, String name, AclOperation operation) {
        wait(admin.createAcls(List.of(new AclBinding(
                        new ResourcePattern(type, name, PatternType.LITERAL),
                        new AccessControlEntry("User:" + user, "*", operation, AclPermissionType.ALLOW))))
                .all()::get);
    }

    /** What Kafka's login module is told, as the secret of a user in a cluster has it. */
    public static String jaas(String user, String password) {
        return "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";"
                .formatted(user, password);
    }

    /** Of the one who may do everything. */
    public Admin admin() {
        return admin;
    }

    /** What the test reads and writes with: it may do everything. */
    public String bootstrapServersOfTheTest() {
        return kafka.bootstrapServers();
    }

    private interface Answer {
        Object get() throws ExecutionException, InterruptedException;
    }

    private static void wait(Answer answer) {
        try {
            answer.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try (kafka) {
            admin.close();
        }
    }
}
