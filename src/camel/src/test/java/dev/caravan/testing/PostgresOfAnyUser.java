package dev.caravan.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.function.UnaryOperator;
import org.springframework.util.FileSystemUtils;

/**
 * PostgreSQL for a test, whoever runs it. PostgreSQL refuses to run as root. The embedded one then starts in a user
 * namespace of its own ({@code unshare -U}), which a container does not grant by default; there it runs as
 * {@code nobody}.
 */
public final class PostgresOfAnyUser {

    private PostgresOfAnyUser() {}

    /** Fast rather than safe: what is committed is not flushed to the disk. */
    public static EmbeddedPostgres start() throws IOException {
        return start(builder -> builder);
    }

    /** @param settings of the server */
    public static EmbeddedPostgres start(UnaryOperator<EmbeddedPostgres.Builder> settings) throws IOException {
        return runsAsNobody()
                ? startAsNobody(settings, Files.createTempDirectory("postgres-data"))
                : settings.apply(EmbeddedPostgres.builder()).start();
    }

    /**
     * One that stays when it ends, and can be started again.
     *
     * @param data where it has its data; below a directory that anybody may enter. Made if it is not there
     */
    public static EmbeddedPostgres startOn(Path data, UnaryOperator<EmbeddedPostgres.Builder> settings)
            throws IOException {
        UnaryOperator<EmbeddedPostgres.Builder> kept =
                builder -> settings.apply(builder).setCleanDataDirectory(false).setDataDirectory(data);
        if (!runsAsNobody()) {
            return kept.apply(EmbeddedPostgres.builder()).start();
        }
        Files.setPosixFilePermissions(data.getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
        return startAsNobody(kept, Files.createDirectories(data));
    }

    private static boolean runsAsNobody() {
        return "root".equals(System.getProperty("user.name")) && !LinuxUtils.isUnshareAvailable();
    }

    private static EmbeddedPostgres startAsNobody(UnaryOperator<EmbeddedPostgres.Builder> settings, Path data)
            throws IOException {
        Path programs = Files.createTempDirectory("postgres-programs");
        Files.setPosixFilePermissions(programs, PosixFilePermissions.fromString("rwxr-xr-x"));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> FileSystemUtils.deleteRecursively(programs.toFile())));
        try {
            return builder(programs).start();
        } catch (IllegalStateException refusedRoot) {
            // It has unpacked the programs, which is what we need of it.
            try (DirectoryStream<Path> versions = Files.newDirectoryStream(programs, "PG-*")) {
                Path bin = versions.iterator().next().resolve("bin");
                for (String program : List.of("initdb", "pg_ctl")) {
                    runAsNobody(bin.resolve(program));
                }
            }
            UserPrincipal nobody =
                    data.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
            Files.setOwner(data, nobody);
            return settings.apply(builder(programs)).setDataDirectory(data).start();
        }
    }

    private static EmbeddedPostgres.Builder builder(Path programs) {
        return EmbeddedPostgres.builder().setOverrideWorkingDirectory(programs.toFile());
    }

    private static void runAsNobody(Path program) throws IOException {
        Path real = program.resolveSibling(program.getFileName() + ".real");
        Files.move(program, real);
        Files.writeString(
                program,
                "#!/bin/sh\nexec setpriv --reuid=nobody --regid=\"$(id -g nobody)\" --clear-groups '" + real
                        + "' \"$@\"\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
