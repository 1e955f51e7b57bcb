package dev.caravan.shop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;

/** What the shop makes the tokens of its commands of: made up at the first start, in a file that only the owner may read. */
final class ReplySecret {

    private static final int BYTES = 32;

    private ReplySecret() {}

    /** The secret in the file, which is made if it is not there. The caller holds the directory alone. */
    static String of(Path file) {
        try {
            if (!Files.exists(file)) {
                byte[] secret = new byte[BYTES];
                new SecureRandom().nextBytes(secret);
                Path fresh = Files.createTempFile(file.toAbsolutePath().getParent(), "reply", ".new");
                if (fresh.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                    Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
                }
                Files.writeString(fresh, Base64.getEncoder().encodeToString(secret));
                Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            }
            return Files.readString(file).trim();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The file %s can be neither read nor made. Make its directory writable".formatted(file), e);
        }
    }
}
