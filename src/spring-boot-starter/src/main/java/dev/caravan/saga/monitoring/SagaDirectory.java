package dev.caravan.saga.monitoring;

import dev.caravan.saga.camel.StartRefusedException;
import dev.caravan.saga.state.SagaLog;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where lines of sagas are kept for which the list has no room in memory. A directory belongs to one process at a time, and
 * to the user who runs it. What is in it is built anew from the log whenever it is damaged, or of another log.
 */
public final class SagaDirectory {

    /** Nowhere: sagas for which there is no room in memory are left out of the list. */
    public static final SagaDirectory NONE = new SagaDirectory(null, false);

    private final @Nullable Path path;
    private final boolean kept;

    private SagaDirectory(@Nullable Path path, boolean kept) {
        this.path = path;
        this.kept = kept;
    }

    /** One within the given one, made when it is needed and removed when the list is closed. */
    public static SagaDirectory temporaryIn(Path path) {
        return new SagaDirectory(path, false);
    }

    /** One that is there after a restart: of the log, only what is not in it is read again. */
    public static SagaDirectory at(Path path) {
        return new SagaDirectory(path, true);
    }

    boolean isNone() {
        return path == null;
    }

    boolean isKept() {
        return kept;
    }

    /**
     * Opens it, and makes it if it is missing.
     *
     * @throws StartRefusedException another process uses it
     * @throws IOException it cannot be made or written
     */
    EndedSagas open(SagaLog log) throws IOException {
        Path place = Objects.requireNonNull(path, "no directory");
        if (!kept) {
            return StoredSagas.openOnce(Files.createTempDirectory(place, "caravan-sagas-"), log);
        }
        Files.createDirectories(place, forItsOwner());
        return StoredSagas.open(place, log);
    }

    private static FileAttribute<?>[] forItsOwner() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
                }
                : new FileAttribute<?>[0];
    }

    @Override
    public String toString() {
        return String.valueOf(path);
    }
}
