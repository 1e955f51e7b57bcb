package dev.caravan.shop;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Keeps test classes that start many processes from running at the same time; also in two JVMs, as the build runs them.
 */
final class OneAtATime implements BeforeAllCallback, AfterAllCallback {

    private FileChannel lock;

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        Path directory = Files.createDirectories(Path.of("target", "it"));
        lock = FileChannel.open(
                directory.resolve("one-at-a-time.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        lock.lock();
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        lock.close();
    }
}
