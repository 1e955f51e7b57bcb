package dev.caravan.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Directories that nobody but their owner may look into (0700), whatever the umask is and whatever the modes of the
 * files within are. What cannot be kept from others is said once, as a warning.
 */
public final class OwnerOnly {

    private static final Logger LOGGER = LoggerFactory.getLogger(OwnerOnly.class);
    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rwx------");
    private static final Set<Path> WARNED = ConcurrentHashMap.newKeySet();
    private static final int STICKY = 01000;

    private OwnerOnly() {}

    /**
     * Makes the directory, and what is missing above it, for its owner only; one that is there is closed to all others
     * before anything is written into it. One that is shared with other programs (such as {@code /tmp}, or the home of
     * the user) is left as it is.
     *
     * @throws IOException it cannot be made
     */
    public static void directory(Path path) throws IOException {
        if (!path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createDirectories(path);
            warn(path, "its file system has no permissions for an owner alone");
            return;
        }
        if (!Files.isDirectory(path)) {
            Files.createDirectories(path, PosixFilePermissions.asFileAttribute(OWNER));
        }
        if (!Files.getPosixFilePermissions(path).equals(OWNER)) {
            close(path);
        }
    }

    private static void close(Path path) throws IOException {
        if (isShared(path)) {
            warn(path, "it is shared with other programs");
            return;
        }
        try {
            Files.setPosixFilePermissions(path, OWNER);
        } catch (IOException e) {
            warn(path, "its permissions cannot be changed: " + e);
            return;
        }
        if (!Files.getPosixFilePermissions(path).equals(OWNER)) {
            warn(path, "its file system does not keep permissions");
        }
    }

    private static boolean isShared(Path path) throws IOException {
        Path real = path.toRealPath();
        boolean sticky = path.getFileSystem().supportedFileAttributeViews().contains("unix")
                && ((Integer) Files.getAttribute(real, "unix:mode") & STICKY) != 0;
        return sticky
                || real.getParent() == null
                || real.toString().equals(System.getProperty("user.home"))
                || real.equals(Path.of("").toRealPath());
    }

    private static void warn(Path path, String why) {
        if (WARNED.add(path)) {
            LOGGER.warn(
                    "Other users of this machine may be able to read {}, and credentials and payloads in it: {}."
                            + " Close it to them, or choose a directory of its own",
                    path,
                    why);
        }
    }
}
