package dev.caravan.coordinator;

import dev.caravan.files.OwnerOnly;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The directory of the object store, held by one coordinator at a time: two on one store would both call the
 * participants of all LRAs. The operating system gives the lock back when the process dies, however it dies.
 */
final class StoreDirectory implements AutoCloseable {

    private final Path path;
    private final FileChannel channel;

    private StoreDirectory(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * Creates the directory where it is missing, closes it to other users, and locks it.
     *
     * @throws StoreUnusableException if it cannot be created or written, or if another coordinator holds it
     */
    static StoreDirectory lock(Path path) {
        FileChannel channel = null;
        try {
            OwnerOnly.directory(path);
            channel = FileChannel.open(path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return new StoreDirectory(path, channel);
            }
            channel.close();
            throw inUse(path, null);
        } catch (OverlappingFileLockException e) {
            close(channel);
            throw inUse(path, e);
        } catch (FileSystemException e) {
            String reason = e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
            throw new StoreUnusableException(path, e.getFile() + ": " + reason, e);
        } catch (IOException e) {
            throw new StoreUnusableException(path, String.valueOf(e.getMessage()), e);
        }
    }

    Path path() {
        return path;
    }

    @Override
    public void close() {
        close(channel);
    }

    private static StoreUnusableException inUse(Path path, Throwable cause) {
        return new StoreUnusableException(path, "another coordinator is using it", cause);
    }

    private static void close(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new StoreUnusableException(Path.of("lock"), "its lock could not be given back", e);
        }
    }
}
