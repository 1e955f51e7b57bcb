package dev.caravan.shop.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file system in memory that can be full. A shell holds it, which waits for the end of its input: it goes with this
 * process, however that ends.
 */
final class SmallDisk implements AutoCloseable {

    private static final int BLOCK = 64 * 1024;

    private final Path directory;
    private final Path filler;
    private final Process holder;

    private SmallDisk(Path directory, Process holder) {
        this.directory = directory;
        this.filler = directory.resolve("filler");
        this.holder = holder;
    }

    /**
     * @param directory is made, and is empty
     * @throws org.opentest4j.TestAbortedException nothing may be mounted here
     */
    static SmallDisk at(Path directory, int megabytes) throws IOException {
        Files.createDirectories(directory);
        Process holder = new ProcessBuilder(
                        "sh",
                        "-c",
                        "trap '' INT TERM HUP; mount -t tmpfs -o mode=755,size=%dm tmpfs \"$0\" && echo mounted && cat; umount -l \"$0\""
                                .formatted(megabytes),
                        directory.toString())
                .redirectErrorStream(true)
                .start();
        BufferedReader said = holder.inputReader();
        String first = said.readLine();
        assumeTrue("mounted".equals(first), "A small disk needs the right to mount, which root has. " + first);
        return new SmallDisk(directory, holder);
    }

    /** Until not a byte more can be written. */
    void fill() {
        byte[] block = new byte[BLOCK];
        try (OutputStream out = Files.newOutputStream(filler)) {
            for (int size = BLOCK; size > 0; size = size / 2) {
                write(out, block, size);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(directory.toFile().getUsableSpace())
                .as("what is left of %s", directory)
                .isZero();
    }

    private static void write(OutputStream out, byte[] block, int size) {
        try {
            while (true) {
                out.write(block, 0, size);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space left");
        }
    }

    void free() {
        try {
            Files.delete(filler);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            holder.getOutputStream().close();
            assertThat(holder.waitFor())
                    .as(() -> holder.inputReader(StandardCharsets.UTF_8)
                            .lines()
                            .toList()
                            .toString())
                    .isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
