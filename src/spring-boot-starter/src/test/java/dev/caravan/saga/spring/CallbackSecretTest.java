package dev.caravan.saga.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CallbackSecretTest {

    @TempDir
    Path parent;

    @Test
    void isMadeOnceForItsOwnerOnly() throws IOException {
        Path file = parent.resolve("data/callback-secret");

        byte[] first = CallbackSecret.of(in(file));

        assertThat(CallbackSecret.of(in(file))).isEqualTo(first).hasSizeGreaterThan(16);
        assertThat(permissions(file)).isEqualTo("rw-------");
        assertThat(permissions(file.getParent())).isEqualTo("rwx------");
    }

    @Test
    void ofAFileThatOthersCouldReadIsClosedToThem() throws IOException {
        Path file = Files.writeString(parent.resolve("callback-secret"), "a secret of this test");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

        assertThat(CallbackSecret.of(in(file))).asString().isEqualTo("a secret of this test");
        assertThat(permissions(file)).isEqualTo("rw-------");
    }

    private static CaravanProperties.Lra in(Path file) {
        return new CaravanProperties.Lra(Duration.ofSeconds(1), Duration.ofSeconds(1), null, file.toString());
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
