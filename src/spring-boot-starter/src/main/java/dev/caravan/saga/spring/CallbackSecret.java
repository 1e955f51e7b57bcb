package dev.caravan.saga.spring;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Objects;

/** The secret that signs callback URLs: from the settings, or from a file that only the owner may read. */
final class CallbackSecret {

    private CallbackSecret() {}

    static byte[] of(CaravanProperties.Lra settings) {
        if (settings.callbackSecret() != null && !settings.callbackSecret().isBlank()) {
            return settings.callbackSecret().getBytes(StandardCharsets.UTF_8);
        }
        Path file = Path.of(settings.callbackSecretFile());
        try {
            if (!Files.exists(file)) {
                create(file);
            }
            closeToOthers(file);
            return Files.readString(file).trim().getBytes(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(
                    "The callback secret %s can be neither read nor made: %s. Set caravan.lra.callback-secret, or"
                                    .formatted(file.toAbsolutePath(), e)
                            + " caravan.lra.callback-secret-file to a writable place",
                    e);
        }
    }

    /** A file of an older version, or one that was copied here. One that is another user's is as its owner wants it. */
    private static void closeToOthers(Path file) throws IOException {
        if (isPosix(file)
                && Files.isWritable(file)
                && Files.getOwner(file).getName().equals(System.getProperty("user.name"))) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        }
    }

    private static boolean isPosix(Path file) {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    private static FileAttribute<?>[] ownersOnly(Path file, String permissions) {
        return isPosix(file)
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    private static void create(Path file) throws IOException {
        byte[] secret = new byte[32];
        new SecureRandom().nextBytes(secret);
        Path directory = Objects.requireNonNull(file.toAbsolutePath().getParent());
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory, ownersOnly(file, "rwx------"));
        }
        Path fresh = Files.createTempFile(directory, "callback", ".new", ownersOnly(file, "rw-------"));
        Files.writeString(
                fresh, Base64.getEncoder().encodeToString(secret), StandardCharsets.UTF_8, StandardOpenOption.WRITE);
        try {
            Files.createLink(file, fresh);
        } catch (FileAlreadyExistsException e) {
            // another instance was first; its secret counts
            assert Files.exists(file);
        } finally {
            Files.delete(fresh);
        }
    }
}
