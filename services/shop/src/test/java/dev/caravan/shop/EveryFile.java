package dev.caravan.shop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Searches what programs have left behind: topics, databases, journals, outputs. */
final class EveryFile {

    private EveryFile() {}

    /** The files below a directory that have a text, in one byte or in two for each character. */
    static List<Path> containing(Path directory, String text) {
        String wide = String.join("\0", text.split(""));
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile)
                    .filter(file -> {
                        String content = read(file);
                        return content.contains(text) || content.contains(wide);
                    })
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
