package dev.caravan.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class OwnerOnlyTest {

    private static final String WARNING = "Other users of this machine may be able to read";

    @TempDir
    Path parent;

    @Test
    void makesADirectoryAndWhatIsAboveItForItsOwnerOnly() throws IOException {
        Path directory = parent.resolve("data/service");

        OwnerOnly.directory(directory);

        assertThat(permissions(directory)).isEqualTo("rwx------");
        assertThat(permissions(directory.getParent())).isEqualTo("rwx------");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rwxr-xr-x", "rwxrwxrwx", "rwxr-x---", "r-x------"})
    void closesADirectoryThatIsThereFromBefore(String before, CapturedOutput output) throws IOException {
        Path directory = Files.createDirectory(parent.resolve("old"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(before));

        OwnerOnly.directory(directory);

        assertThat(permissions(directory)).isEqualTo("rwx------");
        assertThat(output).doesNotContain(WARNING);
    }

    @Test
    void leavesADirectoryThatAllProgramsShareAndSaysSoOnce(CapturedOutput output) throws Exception {
        Path shared = Files.createDirectory(parent.resolve("tmp"));
        assertThat(new ProcessBuilder("chmod", "1777", shared.toString())
                        .start()
                        .waitFor())
                .isZero();

        OwnerOnly.directory(shared);
        OwnerOnly.directory(shared);

        assertThat(permissions(shared)).isEqualTo("rwxrwxrwx");
        assertThat(output.getAll().split(WARNING, -1)).hasSize(2);
        assertThat(output).contains(shared + ", and credentials and payloads in it: it is shared with other programs");
    }

    @Test
    void saysOnceThatAFileSystemHasNoPermissions(CapturedOutput output) throws IOException {
        URI uri = URI.create("jar:" + parent.resolve("other.zip").toUri());
        try (FileSystem other = FileSystems.newFileSystem(uri, Map.of("create", "true"))) {
            Path directory = other.getPath("data", "kafka");

            OwnerOnly.directory(directory);
            OwnerOnly.directory(directory);

            assertThat(directory).isDirectory();
        }
        assertThat(output.getAll().split(WARNING, -1)).hasSize(2);
        assertThat(output).contains("its file system has no permissions for an owner alone");
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
