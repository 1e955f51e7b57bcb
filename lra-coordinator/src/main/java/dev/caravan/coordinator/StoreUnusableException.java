package dev.caravan.coordinator;

import java.nio.file.Path;

/** The coordinator refuses to start, because what it answers could not be kept in its store. */
class StoreUnusableException extends RuntimeException {

    StoreUnusableException(Path directory, String reason, Throwable cause) {
        super("LRA store %s cannot be used: %s".formatted(directory.toAbsolutePath(), reason), cause);
    }
}
