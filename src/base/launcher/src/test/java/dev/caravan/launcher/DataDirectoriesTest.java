package dev.caravan.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Configuration;

class DataDirectoriesTest {

    @TempDir
    Path parent;

    @Test
    void makesThePlaceOfTheDatabaseForItsOwnerOnlyBeforeItIsOpened() throws IOException {
        Path data = parent.resolve("data");

        start("--spring.datasource.url=jdbc:h2:file:" + data + "/orders;MODE=PostgreSQL");

        assertThat(permissions(data)).isEqualTo("rwx------");
    }

    @Test
    void closesTheDataOfAnOlderVersion() throws IOException {
        Path shop = open("shop");
        Path orchestrator = open("orchestrator");

        start("--caravan.shop.data-dir=" + shop, "--caravan.orchestrator.data-dir=" + orchestrator);

        assertThat(permissions(shop)).isEqualTo("rwx------");
        assertThat(permissions(orchestrator)).isEqualTo("rwx------");
    }

    @Test
    void makesNothingForAServiceThatHasItsDataElsewhere() {
        Path data = parent.resolve("data");

        start("--spring.datasource.url=jdbc:postgresql://localhost/orders", "--caravan.orchestrator.data-dir=" + data);

        assertThat(data).doesNotExist();
    }

    private static void start(String... arguments) {
        new SpringApplicationBuilder(Nothing.class)
                .web(WebApplicationType.NONE)
                .run(arguments)
                .close();
    }

    private Path open(String name) throws IOException {
        Path directory = Files.createDirectory(parent.resolve(name));
        return Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Configuration
    static class Nothing {}
}
