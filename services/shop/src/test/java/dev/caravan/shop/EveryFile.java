package dev.caravan.shop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/** Searches what programs have left behind: topics, databases, journals, outputs. */
final class EveryFile {

    private EveryFile() {}

    /** The files below a directory that have a text, in one byte or in two for each character. Some may go away meanwhile. */
    static List<Path> containing(Path directory, String text) {
        String wide = String.join("\0", text.split(""));
        List<Path> found = new ArrayList<>();
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    try {
                        String content = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
                        if (content.contains(text) || content.contains(wide)) {
                            found.add(file);
                        }
                        return FileVisitResult.CONTINUE;
                    } catch (IOException e) {
                        return visitFileFailed(file, e);
                    }
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                    if (failure instanceof NoSuchFileException) {
                        return FileVisitResult.CONTINUE;
                    }
                    throw failure;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }
}
