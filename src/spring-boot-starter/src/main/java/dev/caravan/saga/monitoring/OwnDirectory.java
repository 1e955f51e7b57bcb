package dev.caravan.saga.monitoring;

import dev.caravan.saga.camel.StartRefusedException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.Lock;
import org.apache.lucene.store.LockObtainFailedException;

/** A directory on disk that is this process's alone until it is closed, and in it that of an index. */
final class OwnDirectory implements Closeable {

    private static final String LOCK = "lock";
    private static final String INDEX = "sagas";

    private final Path path;
    private final Directory directory;
    private final Lock lock;
    private final Directory index;
    private final boolean removed;

    private OwnDirectory(Path path, Directory directory, Lock lock, Directory index, boolean removed) {
        this.path = path;
        this.directory = directory;
        this.lock = lock;
        this.index = index;
        this.removed = removed;
    }

    /** @throws StartRefusedException another process has it */
    static OwnDirectory lock(Path path) throws IOException {
        Directory directory = FSDirectory.open(path);
        try {
            Lock lock = directory.obtainLock(LOCK);
            return new OwnDirectory(path, directory, lock, FSDirectory.open(path.resolve(INDEX)), false);
        } catch (LockObtainFailedException e) {
            directory.close();
            throw new StartRefusedException(
                    "The directory %s has the list of sagas of another process.".formatted(path),
                    "Give each process its own: caravan.view.directory",
                    e);
        }
    }

    OwnDirectory removedWhenClosed() {
        return new OwnDirectory(path, directory, lock, index, true);
    }

    Directory index() {
        return index;
    }

    /** Removes all files of the index, and no others. */
    void clear() throws IOException {
        for (String file : index.listAll()) {
            index.deleteFile(file);
        }
    }

    @Override
    public void close() throws IOException {
        try (directory;
                lock) {
            index.close();
        }
        if (removed) {
            try (Stream<Path> all = Files.walk(path)) {
                List<Path> inner = all.sorted(Comparator.reverseOrder()).toList();
                for (Path file : inner) {
                    Files.delete(file);
                }
            }
        }
    }
}
