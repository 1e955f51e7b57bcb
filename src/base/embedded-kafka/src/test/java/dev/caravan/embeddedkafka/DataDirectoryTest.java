package dev.caravan.embeddedkafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {

    @TempDir
    Path parent;

    @Test
    void isMadeForItsOwnerOnly() throws IOException {
        Path path = parent.resolve("data/kafka");

        DataDirectory.open(path).close();

        assertThat(permissions(path)).isEqualTo("rwx------");
        assertThat(permissions(path.getParent())).isEqualTo("rwx------");
    }

    @Test
    void isClosedToOthersWhenItIsThereFromBefore() throws IOException {
        Path path = Files.createDirectory(parent.resolve("kafka"));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));

        DataDirectory.open(path).close();

        assertThat(permissions(path)).isEqualTo("rwx------");
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
