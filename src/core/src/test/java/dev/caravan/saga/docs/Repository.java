package dev.caravan.saga.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The files of the repository, from its root on. */
public final class Repository {

    static final Path ROOT = root();

    private static final Set<String> NO_SOURCES = Set.of("target", "data", "node_modules");

    private Repository() {}

    private static Path root() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("CHANGELOG.md"))) {
            directory = directory.getParent();
        }
        return directory;
    }

    /** All files whose path from the root on fulfils this, sorted; not what a build or a run leaves behind. */
    public static List<Path> files(Predicate<String> wanted) {
        List<Path> files = new ArrayList<>();
        try {
            Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                    String name = directory.getFileName().toString();
                    boolean hidden = name.startsWith(".") && !directory.equals(ROOT);
                    return hidden || NO_SOURCES.contains(name)
                            ? FileVisitResult.SKIP_SUBTREE
                            : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (wanted.test(relative(file))) {
                        files.add(file);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files.stream().sorted().toList();
    }

    /** The classes that the library ships, of all its modules. */
    public static List<Path> library() {
        return files(path -> path.matches("src/[^/]+/src/main/java/.*\\.java"));
    }

    public static String relative(Path file) {
        return ROOT.relativize(file).toString().replace('\\', '/');
    }

    public static String text(String path) {
        return text(ROOT.resolve(path));
    }

    public static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the pattern's first group finds, in order. */
    public static List<String> find(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();
    }
}
